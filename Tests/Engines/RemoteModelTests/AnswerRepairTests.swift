import Grammar
import Testing

@testable import RemoteModel

/// What models write in place of JSON, and what is made of it.
@Suite struct AnswerRepairTests {
    /// What becomes of something said; nil when it cannot be used.
    private func read(_ said: String, _ schema: AnswerSchema = ModelServer.receipt) -> String? {
        guard let found = FoundAnswer(in: said, for: schema) else { return nil }
        return (try? AnswerFitting.fit(found, to: schema))?.value.json
    }

    private static let total =
        #"{"merchant": null, "date": null, "total": 12.5, "category": null, "items": null}"#

    @Test(arguments: [
        #"{"total": 12.5}"#,
        "```json\n{\"total\": 12.5}\n```",
        "```\n{\"total\": 12.5}",
        "The total is as follows: {\"total\": 12.5}. I hope this helps {friend}!",
        "{'total': 12.5}",
        "{\u{201C}total\u{201D}: 12.5}",
        "{total: 12.5,}",
        "{\"total\": 12.5, // as printed\n}",
        "{\"total\": 12.5, \"merchant\": None}",
        "<think>{\"total\": 99}</think>{\"total\": 12.5}",
        "still thinking {\"total\": 99}\n</think>\n\n{\"total\": 12.5}",
        #"{"total": 99} No, wait: {"total": 12.5}"#,
        #"[{"total": 12.5}]"#,
        #"{"answer": {"total": 12.5}}"#,
        #"{"Total": "12.5"}"#,
        #"{"total": +12.5}"#,
        #"{"total": 012.5, "total_in_words": "twelve"}"#,
        #"{"total": 12.5, "date": "", "category": "N/A"}"#,
        "\u{FEFF}{\"total\":\u{A0}12.5}",
    ])
    func `what can be read in one way only is read`(said: String) {
        #expect(read(said) == Self.total, "\(said)")
    }

    @Test(arguments: [
        "", "no", "{", "{}", "{{{{{{", "[]", "null", #"{"total"}"#, #"{"total": }"#,
        #"{"other": 1}"#,
        #"{"total": 1.234,56}"#, #"{"total": "1.234,56"}"#, #"{"total": "EUR 12"}"#,
        #"{"total": 1e400}"#, #"{"total": 12.3456}"#, #"{"total": true}"#, #"{"total": [12.5]}"#,
        #"{"date": "5.3.2024"}"#, #"{"date": "2024-02-30"}"#, #"{"date": "05-03-24"}"#,
        #"{"category": "foo"}"#, #"{"items": "bread"}"#, #"{"items": [{"name": "bread"}]}"#,
        #"{"merchant": {"name": "x"}}"#, "<think>{\"total\": 12.5}",
    ])
    func `what could mean two things, or nothing, is not`(said: String) {
        #expect(read(said) == nil, "\(said) gave \(read(said) ?? "")")
    }

    @Test func `values keep what they mean`() throws {
        let said =
            #"{"merchant": "Two\nlines of a very long name", "date": "2024/3/5", "total": "0012.5000", "category": "Food.", "items": {"name": 7, "price": 4.2}}"#
        #expect(
            read(said)
                == #"{"merchant": "Two lines of a very ", "date": "2024-03-05", "total": 12.500, "category": "food", "items": [{"name": "7", "price": 4.2}]}"#
        )
        let found = try #require(FoundAnswer(in: said, for: ModelServer.receipt))
        #expect(try AnswerFitting.fit(found, to: ModelServer.receipt).isShortened)
    }

    @Test func `cut anywhere, an answer never has a value that was not said whole`() throws {
        let whole = Array(ModelServer.good.utf8)
        let full = try ModelServer.receipt.parse(ModelServer.good)
        for count in 1..<whole.count {
            let said = String(decoding: whole[..<count], as: UTF8.self)
            guard let found = FoundAnswer(in: said, for: ModelServer.receipt) else { continue }
            let value = try AnswerFitting.fit(found, to: ModelServer.receipt).value
            for key in ["merchant", "date", "total", "category"] {
                #expect(value[key] == .null || value[key] == full[key], "\(said)")
            }
            if case .list(let items)? = value["items"] {
                #expect(items.isEmpty || value["items"] == full["items"], "\(said)")
            }
        }
    }

    @Test func `escapes are read, also those that are none`() {
        let text = AnswerSchema.object([.init("t", .text(atMost: 40))])
        #expect(read(#"{"t": "a\u00e9\ud83d\ude00\/\"\\"}"#, text) == #"{"t": "aé😀/\"\\"}"#)
        #expect(read(#"{'t': 'it\'s \d'}"#, text) == #"{"t": "it's \\d"}"#)
        #expect(read(#"{"t": "\ud83d x"}"#, text) == "{\"t\": \"\u{FFFD} x\"}")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["{", "[", "{\"a\":", "{'", "\"", "{\"total\":[", "``` {"]
    )
    func `long nonsense takes no long time`(piece: String) {
        let said = String(repeating: piece, count: 200_000)
        #expect(read(said) == nil)
    }

    @Test func `JSON is what the standard says`() {
        for text in [
            "{\"a\":1,}", "[1,]", "{'a':1}", "01", "1.", ".5", "+1", "NaN", "\"a\nb\"", "1 2",
            "{\"a\":1",
        ] {
            #expect(JSONReader.strict(Array(text.utf8)) == nil, "\(text)")
        }
        for text in ["{}", "[]", "0", "-0.5e3", "\"\"", "true", "null", "[[[1,{\"a\":[]}]]]"] {
            #expect(JSONReader.strict(Array(text.utf8)) != nil, "\(text)")
        }
        let tree = JSONTree.object(["a\"\u{1}": .list([.text("é\\\n"), .bool(true), .null])])
        #expect(JSONReader.strict(tree.bytes) == tree)
    }
}
