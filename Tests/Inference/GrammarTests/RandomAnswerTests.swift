import Foundation
import Generation
import Grammar
import Testing
import Tokenization

/// Schemas by the thousand, each answered by a model that knows nothing.
@Suite struct RandomAnswerTests {
    /// `DOCKET_SCHEMAS=10000` takes them all.
    static let count =
        ProcessInfo.processInfo.environment["DOCKET_SCHEMAS"].flatMap { Int($0) } ?? 120

    @Test func `every answer of a random model to a random schema parses`() async throws {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let trie = try SmallTokenizer.trie.get()
        var (cut, finished, refused) = (0, 0, 0)
        for seed in 0..<UInt64(Self.count) {
            var random = RandomSchema(seed)
            let schema = random.schema()
            let grammar: SchemaGrammar
            do {
                grammar = try SchemaGrammar(schema, tokens: trie, endTokens: tokenizer.endTokens)
            } catch {
                Issue.record("\(schema): \(error)")
                continue
            }
            let model = RandomModel(tokenizer, seed: seed)
            let least = max(1, grammar.leastTokens)
            if least > 1 {
                #expect(throws: SchemaFault.answerTooLong(tokens: least, limit: least - 1)) {
                    _ = try SchemaMask(grammar, maxTokens: least - 1)
                }
                refused += 1
            }
            let more = Int.random(in: 1...60, using: &random.numbers)
            for (maxTokens, temperature) in [(least, 0), (least + more, 0), (least + more, 1.5)] {
                let answer = try await model.answer(
                    grammar,
                    tokenizer,
                    maxTokens: maxTokens,
                    temperature: temperature
                )
                #expect(answer.tokens.count <= maxTokens)
                #expect(answer.end == .finished || answer.end == .maxTokens)
                if answer.end == .finished { finished += 1 } else { cut += 1 }
                do {
                    let value = try schema.parse(answer.text)
                    #expect(value.json == answer.text || answer.text.contains(#"\/"#))
                } catch {
                    Issue.record(
                        "seed \(seed), \(maxTokens) tokens, \(schema): \(error) in \(answer.text)"
                    )
                    return
                }
            }
        }
        #expect(cut > 0 && finished > 0 && refused > 0)
    }
}
