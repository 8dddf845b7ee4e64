import Testing
import Tokenization

@Suite struct StreamingDecoderTests {
    let tokenizer: Tokenizer

    init() throws {
        tokenizer = try SmallTokenizer.load()
    }

    @Test(arguments: ["a😀b é 你好 👍🏽!", "合计金额 88.00 € नमस्ते", "👨‍👩‍👧‍👦🇨🇳"])
    func `half a character is never given out`(text: String) {
        var decoder = StreamingDecoder(tokenizer)
        var whole = ""
        // bytes one by one: the smallest tokens that there are
        for byte in text.utf8 {
            let id = (0..<TokenID(tokenizer.idLimit)).first { tokenizer.bytes(of: $0) == [byte] }
            let piece = decoder.append(id ?? -1)
            #expect(!piece.unicodeScalars.contains("\u{FFFD}"))
            whole += piece
            #expect(text.unicodeScalars.starts(with: whole.unicodeScalars))
        }
        #expect(whole == text)
        #expect(decoder.finish() == "")
    }

    @Test func `a character that never ends is one replacement at the end`() throws {
        var decoder = StreamingDecoder(tokenizer)
        let ids = tokenizer.encode("\u{10FFFF}")
        let first = try #require(ids.first)
        #expect(tokenizer.bytes(of: first).first == 0xF4)
        #expect(decoder.append(first) == "")
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
    }

    @Test func `bytes that can become no character are replaced at once`() {
        func id(_ byte: UInt8) -> TokenID {
            (0..<TokenID(tokenizer.idLimit)).first { tokenizer.bytes(of: $0) == [byte] } ?? -1
        }
        var decoder = StreamingDecoder(tokenizer)
        #expect(decoder.append(id(0xFF)) == "\u{FFFD}")
        // a surrogate's beginning: E0 may go on with 80, ED A0 may not
        #expect(decoder.append(id(0xED)) == "")
        #expect(decoder.append(id(0xA0)) == "\u{FFFD}\u{FFFD}")
        #expect(decoder.append(id(0xE2)) == "")
        #expect(decoder.append(id(0x41)) == "\u{FFFD}A")
    }

    @Test func `control tokens and ids without a token add nothing when they are to be skipped`()
        throws
    {
        let end = try #require(tokenizer.id(ofAdded: "<|im_end|>"))
        let think = try #require(tokenizer.id(ofAdded: "<think>"))
        let beyond = TokenID(tokenizer.idLimit)
        var decoder = StreamingDecoder(tokenizer, skippingSpecial: true)
        #expect([end, think, beyond, -1, .max].map { decoder.append($0) }.joined() == "<think>")
        #expect(!tokenizer.contains(beyond) && !tokenizer.contains(-1) && tokenizer.contains(end))
        #expect(tokenizer.isSpecial(end) && !tokenizer.isSpecial(think))
    }
}
