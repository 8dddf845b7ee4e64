import Generation
import Testing
import Tokenization
import VisionLanguage

@Suite struct ThoughtsTests {
    private func split(
        _ words: [String],
        prompt: [TokenID] = []
    ) throws -> (thought: String, said: String) {
        let tokenizer = try TinyModel.load("qwen3-tiny").tokenizer
        var thoughts = Thoughts(tokenizer, prompt: prompt)
        var (thought, said) = ("", "")
        for word in words {
            let ids = tokenizer.id(ofAdded: word).map { [$0] } ?? tokenizer.encode(word)
            for id in ids {
                let text = tokenizer.decode([id])
                let token = AnswerToken(id: id)
                let part = thoughts.take(AnswerPiece(text: text, token: token))
                thought += part.thought
                said += part.said
            }
        }
        return (thought, said)
    }

    @Test func `thoughts are told from what is said`() throws {
        let (thought, said) = try split(["<think>", "\nlet me see\n", "</think>", "\n\n12.50\n"])
        #expect(thought == "\nlet me see\n")
        #expect(said == "12.50\n")
    }

    @Test func `thoughts that the prompt began are thoughts`() throws {
        let tokenizer = try TinyModel.load("qwen3-tiny").tokenizer
        let open = try #require(tokenizer.id(ofAdded: "<think>"))
        let (thought, said) = try split(["hm", "</think>", "yes"], prompt: [1, 2, open, 3])
        #expect(thought == "hm")
        #expect(said == "yes")
    }

    @Test func `an answer without thoughts is said as it is`() throws {
        let (thought, said) = try split(["\n1 < 2", "</think>", " and on"])
        #expect(thought.isEmpty)
        #expect(said == "\n1 < 2</think> and on")
    }
}
