import Foundation
import Jobs
import Testing

/// `Documentation/Failures.md` is where a message sends people: it has to know every one.
@Suite struct FailurePageTests {
    private let page: String

    init() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../..").standardized
        page = try String(
            contentsOf: root.appendingPathComponent("Documentation/Failures.md"),
            encoding: .utf8
        )
    }

    @Test(arguments: FailureReason.allCases)
    func `every reason has a section that says whether it is tried again`(reason: FailureReason)
        throws
    {
        let section = try #require(
            page.components(separatedBy: "\n### ").first { $0.hasPrefix("`\(reason.rawValue)`\n") },
            "Documentation/Failures.md has no section on `\(reason.rawValue)`"
        )
        if reason == .diskFull { return }  // ends the run: there is nothing left to try again
        let text = section.replacing("\n", with: " ")
        #expect(text.contains("Tried again") == reason.mayPass, "\(text)")
        #expect(text.contains("Waits") == !reason.mayPass, "\(text)")
    }

    @Test(arguments: DocumentStatus.allCases)
    func `every status of a document is explained`(status: DocumentStatus) {
        #expect(page.contains("\n| `\(status.rawValue)` |"))
    }
}
