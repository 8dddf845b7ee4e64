import ArgumentParser
import Foundation
import OCR
import Sandbox

/// `docket doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what is installed, what is missing, and how to get it.",
        discussion: "Exit status 1 when something is missing that reading documents needs."
    )

    @OptionGroup var database: DatabaseOptions

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() async throws {
        let findings = await Diagnosis.make(databasePath: database.path)
        if json {
            Terminal.output(JSONValue.list(findings.map(\.json)).text)
        } else {
            for finding in findings { Terminal.output(finding.line) }
        }
        if findings.contains(where: { $0.state == .missing }) {
            throw ExitCode(ExitStatus.someFailed.rawValue)
        }
    }
}

/// One thing that `doctor` looked at.
struct Finding {
    /// How it is.
    enum State: String {
        case ok
        case optional
        case missing
    }

    let name: String
    let state: State
    let detail: String
    /// What to do; empty when nothing needs doing.
    var remedy = ""

    var line: String {
        let mark =
            switch state {
            case .ok: "ok     "
            case .optional: "-      "
            case .missing: "MISSING"
            }
        return "\(mark)  \(pad(name, 22))\(detail)"
            + (remedy.isEmpty ? "" : "\n           → \(remedy)")
    }

    var json: JSONValue {
        .object([
            "name": .text(name), "state": .text(state.rawValue), "detail": .text(detail),
            "remedy": remedy.isEmpty ? .null : .text(remedy),
        ])
    }
}
