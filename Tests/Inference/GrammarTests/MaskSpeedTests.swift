import Foundation
import Generation
import Grammar
import SystemPackage
import Testing
import Tokenization

/// How long masks take with a model's own tokenizer.
@Suite struct MaskSpeedTests {
    static let directory = ProcessInfo.processInfo.environment["DOCKET_TOKENIZER"]

    private static let schema = AnswerSchema.object([
        .init("merchant", .nullable(.text(atMost: 80))), .init("date", .nullable(.date)),
        .init("total", .nullable(.number(digits: 7, decimals: 2))),
        .init("currency", .nullable(.choice(["EUR", "USD", "GBP", "CHF", "CNY", "JPY"]))),
        .init("category", .nullable(.choice(["groceries", "restaurant", "travel", "other"]))),
        .init("number", .nullable(.text(atMost: 200))),
    ])

    /// Prints the median of some runs.
    @discardableResult
    private func time<Result>(
        _ name: String,
        runs: Int,
        _ body: () throws -> Result
    ) rethrows -> Result {
        var times: [Duration] = []
        var result = try body()
        for _ in 0..<runs {
            let start = ContinuousClock.now
            result = try body()
            times.append(ContinuousClock.now - start)
        }
        let median = times.sorted()[runs / 2] / .microseconds(1)
        print(
            "\(name): \(median.formatted(.number.precision(.fractionLength(2)).grouping(.never))) µs"
        )
        return result
    }

    @Test(
        .enabled(
            if: directory != nil,
            """
            set DOCKET_TOKENIZER to a model's directory to have the times of its masks printed; in release, with \
            -Xswiftc -enable-testing
            """
        )
    )
    func `masks of a given tokenizer, and at what speed`() async throws {
        let tokenizer = try Tokenizer(directory: FilePath(try #require(Self.directory)))
        let trie = time("tree of \(tokenizer.idLimit) tokens", runs: 5) { TokenTrie(tokenizer) }
        func make() throws -> SchemaGrammar {
            try SchemaGrammar(Self.schema, tokens: trie, endTokens: tokenizer.endTokens)
        }
        let grammar = try time("grammar of six fields", runs: 20, make)
        print("shortest answer: \(grammar.leastTokens) tokens")
        let text =
            #"{"merchant": "REWE Markt GmbH", "date": "2024-03-12", "total": 184.50, "currency": "EUR", "category": "groceries", "number": "2024-0117"}"#
        var (mask, choices) = (try SchemaMask(grammar, maxTokens: 256), 0)
        for (index, token) in tokenizer.encode(text).enumerated() {
            #expect(mask.allows(token, remaining: 256 - index))
            if mask.fewAllowed(atMost: 1, remaining: 256 - index)?.count != 1 { choices += 1 }
            mask.advance(by: token)
        }
        print(
            "a usual answer: \(tokenizer.encode(text).count) tokens, of which \(choices) are chosen"
        )

        // Inside the merchant's name.
        let beginning = tokenizer.encode(#"{"merchant": "REWE Markt"#)
        func inside(_ grammar: SchemaGrammar) throws -> SchemaMask {
            var mask = try SchemaMask(grammar, maxTokens: 256)
            for token in beginning { mask.advance(by: token) }
            return mask
        }
        let all = TokenSet(capacity: 151_936, all: true)
        var first: [Duration] = []
        for _ in 0..<9 {
            let fresh = try inside(try make())
            var set = all
            let start = ContinuousClock.now
            fresh.restrict(&set, remaining: 200)
            first.append(ContinuousClock.now - start)
        }
        print("first mask inside a text: \(first.sorted()[4] / .microseconds(1)) µs")
        let known = try inside(grammar)
        let left = time("the same mask again", runs: 1000) {
            var set = all
            known.restrict(&set, remaining: 200)
            return set
        }
        print("\(left.count) tokens may come")
        let likeliest = tokenizer.encode(" GmbH")[0]
        time("a look at one token, 1000 times", runs: 20) {
            var allowed = 0
            for _ in 0..<1000 where known.allows(likeliest, remaining: 200) { allowed += 1 }
            return allowed
        }
        time("a usual answer's steps", runs: 100) {
            var mask = try? SchemaMask(grammar, maxTokens: 256)
            for (index, token) in tokenizer.encode(text).enumerated() {
                _ = mask?.fewAllowed(atMost: 2374, remaining: 256 - index)
                mask?.advance(by: token)
            }
        }
    }
}
