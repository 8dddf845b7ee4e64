import Foundation
import SystemPackage
import Testing
import Tokenization

@Suite struct ReferenceCaseTests {
    @Test(arguments: SmallTokenizer.Form.allCases)
    func `texts and ids become what the reference library makes of them`(
        form: SmallTokenizer.Form
    ) throws {
        let tokenizer = try SmallTokenizer.load(form)
        let cases = try ReferenceCase.read(SmallTokenizer.folder.appending(path: "expected.jsonl"))
        #expect(cases.count > 250)
        for difference in cases.compactMap({ $0.difference(tokenizer) }) {
            Issue.record("\(difference)")
        }
    }

    static let given = ProcessInfo.processInfo.environment

    @Test(
        .enabled(
            if: given["DOCKET_TOKENIZER"] != nil && given["DOCKET_TOKENIZER_CASES"] != nil,
            """
            set DOCKET_TOKENIZER to a model's directory and DOCKET_TOKENIZER_CASES to what \
            Tests/Support/tokenizer/compare.py wrote for it
            """
        )
    )
    func `a given tokenizer does with given cases what the reference did`() throws {
        let directory = try #require(Self.given["DOCKET_TOKENIZER"])
        let file = try #require(Self.given["DOCKET_TOKENIZER_CASES"])
        let tokenizer = try Tokenizer(directory: FilePath(directory))
        let cases = try ReferenceCase.read(URL(filePath: file))
        let differences = cases.compactMap { $0.difference(tokenizer) }
        print("\(cases.count) cases, \(differences.count) differences")
        for difference in differences.prefix(20) { Issue.record("\(difference)") }
        #expect(!cases.isEmpty && differences.isEmpty)
    }

    @Test(
        .enabled(
            if: given["DOCKET_TOKENIZER"] != nil && given["DOCKET_TOKENIZER_TEXT"] != nil,
            """
            set DOCKET_TOKENIZER to a model's directory and DOCKET_TOKENIZER_TEXT to a file of \
            text to have its speed printed; in release, with -Xswiftc -enable-testing
            """
        )
    )
    func `a given text is encoded, and at what speed`() throws {
        let directory = try #require(Self.given["DOCKET_TOKENIZER"])
        let file = try #require(Self.given["DOCKET_TOKENIZER_TEXT"])
        let text = try String(contentsOf: URL(filePath: file), encoding: .utf8)
        let clock = ContinuousClock()
        var loaded: Tokenizer?
        let loading = try clock.measure {
            loaded = try Tokenizer(directory: FilePath(directory))
        }
        let tokenizer = try #require(loaded)
        var ids: [TokenID] = []
        let best = (0..<5).map { _ in clock.measure { ids = tokenizer.encode(text) } }.min()
        let seconds = try #require(best) / .seconds(1)
        let rate = Double(text.utf8.count) / seconds / 1e6
        print("loaded in \(loading), \(ids.count) tokens in \(seconds) s: \(rate) MB/s")
        #expect(tokenizer.decode(ids) == text)
    }
}
