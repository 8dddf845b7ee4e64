import PipelineSpec

/// The systemd units and the crontab line of a nightly run.
struct Schedule {
    let pipeline: Pipeline
    /// The program's own file, absolute.
    let program: String
    let arguments: [String]
    let at: TimeOfDay

    /// One unit file.
    struct Unit {
        let name: String
        let text: String
    }

    private var name: String { "docket-\(pipeline.name)" }

    /// Service, timer, and what is started when the service fails.
    var units: [Unit] {
        [
            Unit(
                name: "\(name).service",
                text: """
                    [Unit]
                    Description=Docket: nightly run of \(escaped(pipeline.name))
                    OnFailure=\(name)-failed.service

                    [Service]
                    Type=oneshot
                    ExecStart=\(([program] + arguments).map(quoted).joined(separator: " "))
                    # 75: another run holds the database; that one does the work.
                    SuccessExitStatus=75
                    # Finish the documents in hand, then stop; what is left is done by the next run.
                    KillSignal=SIGTERM
                    KillMode=mixed
                    TimeoutStopSec=10min
                    Nice=10
                    IOSchedulingClass=idle

                    """
            ),
            Unit(
                name: "\(name).timer",
                text: """
                    [Unit]
                    Description=Docket: every night at \(at.text)

                    [Timer]
                    OnCalendar=*-*-* \(at.text):00
                    # A machine that was off at that time runs it when it is on again.
                    Persistent=true
                    AccuracySec=1min

                    [Install]
                    WantedBy=timers.target

                    """
            ),
            Unit(
                name: "\(name)-failed.service",
                text: """
                    [Unit]
                    Description=Docket: a nightly run of \(escaped(pipeline.name)) was not clean

                    [Service]
                    Type=oneshot
                    # Put here what tells you: a mail, a message. The journal has it in any case.
                    ExecStart=\(quoted(program)) status --pipeline \(quoted(pipeline.name)) \
                    \(databaseArguments)

                    """
            ),
        ]
    }

    /// The line for `crontab -e`; cron mails what is printed.
    var crontab: String {
        // In a crontab a bare % ends the command.
        let command = ([program] + arguments + ["--quiet"]).map(shellQuoted).joined(separator: " ")
            .replacing("%", with: "\\%")
        return "\(at.minute) \(at.hour) * * * \(command)"
    }

    /// What to do with the units.
    var howTo: String {
        "then: systemctl --user daemon-reload && systemctl --user enable --now \(name).timer"
    }

    private var databaseArguments: String {
        guard let index = arguments.firstIndex(of: "--database") else { return "" }
        return "--database \(quoted(arguments[index + 1]))"
    }

    /// As systemd.service(5) wants it: quoted, `%` and `$` doubled.
    private func quoted(_ word: String) -> String {
        let doubled = escaped(word).replacing("$", with: "$$")
        let plain = doubled.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:=@%$".contains($0))
        }
        guard !plain || word.isEmpty else { return doubled }
        return "\"" + doubled.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private func escaped(_ text: String) -> String { text.replacing("%", with: "%%") }

    private func shellQuoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+:=@".contains($0))
            }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
