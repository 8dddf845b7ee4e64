import Foundation
import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import Storage

@Suite struct SearchTests {
    private func paths(_ test: TestStore, _ words: String) throws -> [String] {
        try test.store.search(words, limit: 10).map(\.path).sorted()
    }

    private func filled() throws -> TestStore {
        let test = try TestStore()
        try test.begin()
        for (path, text) in [
            ("en.jpg", "Grand TOTAL due: 12.50 or not"), ("fr.jpg", "Café crème total"),
            ("zh.jpg", "收据 合计金额12.50元 谢谢惠顾"), ("ja.jpg", "領収書 ありがとう"), ("blank.jpg", ""),
        ] {
            let document = try test.place(path, path)
            try test.read(document, text)
        }
        return test
    }

    @Test(arguments: [
        ("total", ["en.jpg", "fr.jpg"]), ("Total grand", ["en.jpg"]), ("\"total grand\"", []),
        ("\"grand total\"", ["en.jpg"]), ("cafe CREME", ["fr.jpg"]),
        ("tot*", ["en.jpg", "fr.jpg"]),
        ("tot", []), ("12.50", ["en.jpg", "zh.jpg"]), ("合计", ["zh.jpg"]), ("金", ["zh.jpg"]),
        ("金额 收据", ["zh.jpg"]), ("計合", []), ("合计金额12.50元", ["zh.jpg"]), ("ありが", ["ja.jpg"]),
        ("额合", []), ("合计*", ["zh.jpg"]),
    ])
    func `words are found wherever they stand`(words: String, expected: [String]) throws {
        #expect(try paths(filled(), words) == expected)
    }

    @Test(arguments: [
        "\"", "\"\"", "total\"", "AND", "NOT total", "total OR", "(total", "total)", "text:total",
        "*", "^total",
        "to-tal", "total -due", "NEAR(a b)", "'", ";--", "+", "{", "\\", "total AND",
        "total OR zebra", "",
    ])
    func `nothing typed is an operator or an error`(words: String) throws {
        let test = try filled()
        let found = try paths(test, words)
        if words == "NOT total" { #expect(found == ["en.jpg"], "the only page with the word not") }
        if words == "total AND" || words == "total OR zebra" { #expect(found == []) }
        if words == "total\"" || words == "^total" { #expect(found == ["en.jpg", "fr.jpg"]) }
    }

    @Test func `a snippet is one line with its matches marked`() throws {
        let test = try filled()
        let hit = try #require(try test.store.search("total", limit: 1, marks: ("[", "]")).first)
        #expect(hit.snippet.contains("[total]") || hit.snippet.contains("[TOTAL]"))
        let chinese = try #require(try test.store.search("合计", limit: 1, marks: ("[", "]")).first)
        #expect(chinese.snippet == "收据 [合计]金额12.50元 谢谢惠顾")
        #expect(chinese.page == 1 && chinese.pipeline == "receipts" && chinese.folder == "/scans")
        #expect(chinese.isPresent)
    }

    @Test(arguments: ["a.jpg", "/scans/a.jpg", "hash"])
    func `a forgotten document leaves no byte of its text`(name: String) throws {
        let test = try TestStore()
        let secret = "xylophonequartz"
        try test.begin()
        for number in 0..<40 {
            let document = try test.place("other\(number).jpg", "other\(number)")
            try test.read(document, "common words \(number) plain")
        }
        let document = try test.place("a.jpg", "secret")
        try test.place("copy.jpg", "secret")
        let long = (0..<3000).map { "\(secret)\($0)" }.joined(separator: " ")
        try test.read(document, long)
        try test.find(document, [test.candidate("total", secret + "value")])
        try test.conclude(document)
        // Read again with other settings: the first reading is deleted text, too.
        try test.read(document, long + " again", fingerprint: "r2")
        let run = try #require(test.started)
        try test.store.correct(
            pipeline: run.pipeline,
            document: document,
            field: "total",
            content: .text(secret + "correction"),
            at: "2025"
        )
        try test.finish()

        let forgotten = try #require(
            try test.store.forget(name == "hash" ? test.hash("secret") : name)
        )
        #expect(forgotten.documents == [test.hash("secret")] && forgotten.pages == 1)
        #expect(forgotten.paths == ["/scans/a.jpg", "/scans/copy.jpg"])
        #expect(forgotten.values == 2 && forgotten.isLogCleared)
        #expect(try test.store.search("xylophonequartz*", limit: 5).isEmpty)
        #expect(try test.store.search("common", limit: 50).count == 40)
        for file in try FileManager.default.contentsOfDirectory(atPath: test.folder) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: test.folder + "/" + file))
            #expect(bytes.range(of: Data("xylophone".utf8)) == nil, "\(file) still has it")
            #expect(bytes.range(of: Data("phonequartz".utf8)) == nil, "\(file) still has it")
        }
        #expect(try test.store.check() == [])
        #expect(try test.store.forget(name == "hash" ? test.hash("secret") : name) == nil)
    }

    @Test func `forget asks for more digits where several documents share them`() throws {
        let test = try TestStore()
        try test.begin()
        try test.place("a", "sameA")
        try test.place("b", "sameB")
        let prefix = String(test.hash("sameA").prefix(8))
        #expect(
            throws: StoreError.ambiguous(
                prefix,
                documents: [test.hash("sameA"), test.hash("sameB")]
            )
        ) {
            try test.store.forget(prefix)
        }
        #expect(try test.store.forget("nowhere.jpg") == nil)
    }
}
