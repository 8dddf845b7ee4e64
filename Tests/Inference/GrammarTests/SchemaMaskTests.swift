import Generation
import Grammar
import Testing
import Tokenization

/// A mask looked at from outside: what it allows after what.
struct MaskWalk {
    let tokenizer: Tokenizer
    let trie: TokenTrie
    var mask: SchemaMask
    let maxTokens: Int
    private(set) var tokens: [TokenID] = []

    init(_ schema: AnswerSchema, maxTokens: Int = 1000) throws {
        tokenizer = try SmallTokenizer.tokenizer.get()
        trie = try SmallTokenizer.trie.get()
        let grammar = try SchemaGrammar(schema, tokens: trie, endTokens: tokenizer.endTokens)
        mask = try SchemaMask(grammar, maxTokens: maxTokens)
        self.maxTokens = maxTokens
    }

    var remaining: Int { maxTokens - tokens.count }

    func allows(_ token: TokenID) -> Bool { mask.allows(token, remaining: remaining) }

    mutating func take(_ token: TokenID) {
        mask.advance(by: token)
        tokens.append(token)
    }

    /// Takes bytes one by one where the mask allows each; tokens that must come are taken whole.
    ///
    /// - Returns: The first byte that may not come.
    mutating func refusal(of bytes: [UInt8]) -> UInt8? {
        var rest = bytes[...]
        while let byte = rest.first {
            if let only = mask.fewAllowed(atMost: 1, remaining: remaining), only.count == 1 {
                let text = tokenizer.bytes(of: only[0])
                guard !text.isEmpty, rest.starts(with: text) else { return byte }
                take(only[0])
                rest = rest.dropFirst(text.count)
                continue
            }
            guard let token = token(of: byte), allows(token) else { return byte }
            take(token)
            rest = rest.dropFirst()
        }
        return nil
    }

    private func token(of byte: UInt8) -> TokenID? {
        (0..<TokenID(256)).first { tokenizer.bytes(of: $0).elementsEqual([byte]) }
    }
}

@Suite struct SchemaMaskTests {
    @Test(arguments: [
        "plain", "é", "ÿ", "合計", "\u{FFFD}", "😀", "\u{10FFFF}", "\u{D7FF}\u{E000}", "\u{A0}",
        "\u{2027}\u{202A}",
        #"\"quoted\" \\ \/"#, "~", "\u{7FF}\u{800}\u{FFFF}\u{10000}",
    ])
    func `a text may have every character of a line`(text: String) throws {
        var walk = try MaskWalk(.text(atMost: 20))
        #expect(walk.refusal(of: Array("\"\(text)\"".utf8)) == nil)
        #expect(walk.mask.fewAllowed(atMost: 9, remaining: 9) == walk.tokenizer.endTokens.sorted())
        _ = try AnswerSchema.text(atMost: 20).parse("\"\(text)\"")
    }

    @Test(arguments: [
        // Overlong forms, surrogates, beyond U+10FFFF, no lead bytes, cut characters.
        [0xC0], [0xC1], [0xE0, 0x80], [0xE0, 0x9F], [0xF0, 0x80], [0xF0, 0x8F],
        [0xED, 0xA0], [0xED, 0xBF], [0xF4, 0x90], [0xF5], [0xF8], [0xFE], [0xFF], [0x80], [0xBF],
        [0xC3, 0x22], [0xC3, 0xC3], [0xE4, 0xB8, 0x22], [0xF0, 0x9F, 0x98, 0x41],
        // Control characters and line breaks, and escapes that stand for them.
        [0x00], [0x09], [0x0A], [0x0D], [0x1F], [0x7F], [0xC2, 0x80], [0xC2, 0x85], [0xC2, 0x9F],
        [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9], [0x5C, 0x6E], [0x5C, 0x75], [0x5C, 0x61],
        [0x5C, 0x0A],
    ])
    func `bytes that are no character of a line are refused at the first that cannot be`(
        bytes: [UInt8]
    ) throws {
        var walk = try MaskWalk(.text(atMost: 20))
        #expect(walk.refusal(of: [0x22, 0x61] + bytes) == bytes.last)
    }

    @Test func `a text ends where it has as many characters as it may have`() throws {
        for text in ["abc", "合計a", "😀😁é", #"\"\\\/"#] {
            var walk = try MaskWalk(.text(atMost: 3))
            #expect(walk.refusal(of: Array("\"\(text)".utf8)) == nil)
            for byte in [UInt8(0x61), 0x5C, 0xC3, 0xE4, 0xF0] {
                var more = walk
                #expect(more.refusal(of: [byte]) == byte)
            }
            #expect(walk.refusal(of: [0x22]) == nil)
        }
    }

    @Test func `a choice that begins another is told from it by what follows`() throws {
        let schema = AnswerSchema.object([.init("l", .choice(["A", "AB", "ABC", "B"]))])
        for label in ["A", "AB", "ABC", "B"] {
            var walk = try MaskWalk(schema)
            #expect(walk.refusal(of: Array(#"{"l": "\#(label)"}"#.utf8)) == nil)
        }
        for label in ["", "AC", "ABCD", "BA", "C"] {
            var walk = try MaskWalk(schema)
            #expect(walk.refusal(of: Array(#"{"l": "\#(label)"}"#.utf8)) != nil)
        }
    }

    @Test(arguments: [
        ("0", true), ("-0", true), ("00", false), ("01", false), ("12345", true), ("123456", false),
        ("0.5", true), ("1.25", true), ("1.255", false), ("1.", false), (".5", false),
        ("-12.5", true), ("--1", false),
        ("+1", false), ("1e5", false), ("1E5", false), ("NaN", false), ("-", false),
        ("null", false),
    ])
    func `a number has its digits and no other form`(number: String, isAllowed: Bool) throws {
        let schema = AnswerSchema.object([.init("n", .number(digits: 5, decimals: 2))])
        let text = "{\"n\": \(number)}"
        var walk = try MaskWalk(schema)
        #expect((walk.refusal(of: Array(text.utf8)) == nil) == isAllowed)
        #expect(((try? schema.parse(text)) != nil) == isAllowed)
    }

    @Test func `a number alone may end after any of its digits`() throws {
        var walk = try MaskWalk(.number(digits: 3, decimals: 2))
        let end = try #require(walk.tokenizer.endTokens.first)
        #expect(!walk.allows(end))
        for (text, isWhole) in [("1", true), ("2", true), (".", false), ("5", true), ("0", true)] {
            #expect(walk.refusal(of: Array(text.utf8)) == nil)
            #expect(walk.allows(end) == isWhole)
        }
        #expect(walk.mask.fewAllowed(atMost: 9, remaining: 9) == walk.tokenizer.endTokens.sorted())
    }

    @Test(arguments: [1000, 1900, 2000, 2023, 2024, 2100, 9996])
    func `a date is a day that exists`(year: Int) throws {
        for month in 0...13 {
            for day in stride(from: 0, through: 32, by: month == 2 ? 1 : 4) {
                let (mm, dd) = ("\(month + 100)".dropFirst(), "\(day + 100)".dropFirst())
                let text = "\"\(year)-\(mm)-\(dd)\""
                var walk = try MaskWalk(.date)
                let isAllowed = walk.refusal(of: Array(text.utf8)) == nil
                #expect(isAllowed == ((try? AnswerSchema.date.parse(text)) != nil), "\(text)")
            }
        }
        var early = try MaskWalk(.date)
        #expect(early.refusal(of: Array("\"0".utf8)) == 0x30)
    }

    @Test func `a list has no more entries than it may have, whatever lies in it`() throws {
        let schema = AnswerSchema.list(
            of: .list(of: .number(digits: 1, decimals: 0), atMost: 2),
            atMost: 2
        )
        for (text, isAllowed) in [
            ("[]", true), ("[[]]", true), ("[[1, 2], [3]]", true), ("[[1, 2, 3]]", false),
            ("[[], [], []]", false),
            ("[[1,2]]", false), ("[1]", false), ("[[1], [2, 3]]", true), ("[ ]", false),
            ("[[1 , 2]]", false),
        ] {
            var walk = try MaskWalk(schema)
            #expect((walk.refusal(of: Array(text.utf8)) == nil) == isAllowed, "\(text)")
        }
    }

    /// Every token is asked for in every way, at many places of many answers, with much and with little left.
    @Test func `the three ways of asking agree, and something may always come`() throws {
        for seed in 0..<UInt64(40) {
            var random = RandomSchema(7_000 + seed)
            let schema = random.schema()
            let tokenizer = try SmallTokenizer.tokenizer.get()
            let grammar = try SchemaGrammar(
                schema,
                tokens: try SmallTokenizer.trie.get(),
                endTokens: tokenizer.endTokens
            )
            let limit = max(1, grammar.leastTokens) + Int.random(in: 0...12, using: &random.numbers)
            var mask = try SchemaMask(grammar, maxTokens: limit)
            var text: [UInt8] = []
            for used in 0..<limit {
                let remaining = limit - used
                let asked = (-1..<TokenID(tokenizer.idLimit + 5)).filter {
                    mask.allows($0, remaining: remaining)
                }
                var set = TokenSet(capacity: tokenizer.idLimit + 5, all: true)
                mask.restrict(&set, remaining: remaining)
                #expect(asked == (0..<TokenID(set.capacity)).filter { set.contains($0) })
                if let few = mask.fewAllowed(atMost: .max, remaining: remaining) {
                    #expect(few.sorted() == asked)
                }
                guard let token = asked.randomElement(using: &random.numbers) else {
                    Issue.record(
                        "nothing may follow \(String(decoding: text, as: UTF8.self)) of \(schema)"
                    )
                    break
                }
                if tokenizer.endTokens.contains(token) { break }
                mask.advance(by: token)
                text += tokenizer.bytes(of: token)
            }
            #expect(throws: Never.self) { try schema.parse(String(decoding: text, as: UTF8.self)) }
        }
    }

    @Test func `schemas that nobody can answer are refused with what is wrong`() throws {
        let trie = try SmallTokenizer.trie.get()
        var lists = AnswerSchema.date
        for _ in 0..<9 { lists = .list(of: lists, atMost: 2) }
        var deep = AnswerSchema.date
        for _ in 0..<40 { deep = .object([.init("a", deep)]) }
        let cases: [(AnswerSchema, SchemaFault)] = [
            (.choice([]), .noChoice),
            (.object([.init("a", .date), .init("a", .date)]), .repeatedKey("a")),
            (lists, .listsTooDeep(limit: 8)), (deep, .tooDeep(limit: 32)),
            (.text(atMost: -1), .boundOutOfRange(found: -1, limit: 1 << 24)),
            (.number(digits: 0, decimals: 0), .boundOutOfRange(found: 0, limit: 64)),
            (.list(of: .date, atMost: 1 << 16), .boundOutOfRange(found: 1 << 16, limit: 65535)),
        ]
        for (schema, fault) in cases {
            #expect(throws: fault) {
                _ = try SchemaGrammar(schema, tokens: trie, endTokens: [TokenID(1)])
            }
        }
        #expect(throws: SchemaFault.noEndToken) {
            _ = try SchemaGrammar(.date, tokens: trie, endTokens: [TokenID]())
        }
    }

    @Test func `an answer with no more tokens than its shortest has nothing but null`() async throws
    {
        let tokenizer = try SmallTokenizer.tokenizer.get()
        let schema = AnswerSchema.object([
            .init("merchant", .nullable(.text(atMost: 40))), .init("date", .nullable(.date)),
            .init("items", .list(of: .text(atMost: 9), atMost: 3)),
        ])
        let grammar = try SchemaGrammar(
            schema,
            tokens: try SmallTokenizer.trie.get(),
            endTokens: tokenizer.endTokens
        )
        let model = RandomModel(tokenizer, seed: 3)
        let short = try await model.answer(grammar, tokenizer, maxTokens: grammar.leastTokens)
        #expect(short.tokens.count <= grammar.leastTokens)
        #expect(try schema.parse(short.text)["date"] == .null)
        #expect(short.end == .maxTokens)
        let long = try await model.answer(grammar, tokenizer, maxTokens: 1000)
        #expect(long.end == .finished)
        #expect(throws: SchemaFault.answerTooLong(tokens: grammar.leastTokens, limit: 5)) {
            _ = try SchemaMask(grammar, maxTokens: 5)
        }
    }
}
