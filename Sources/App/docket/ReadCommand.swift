import ArgumentParser
import Jobs
import OCR
import Records

/// `docket read`.
struct ReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read",
        abstract: "Print the text of pictures, PDFs and text files.",
        usage: "docket read [<options>] <files> ...",
        discussion: """
            Nothing is stored. A file that cannot be read is named on standard error, the others go on, \
            and the exit status is 1.

            Examples:
              docket read receipt.jpg
              docket read letter.pdf --language deu --format tsv
              docket read *.png --format json
              curl -s https://example.org/scan.png | docket read -
            """
    )

    @Argument(help: "The files; - for standard input.", completion: .file())
    var files: [String]

    @OptionGroup var reading: ReadingOptions

    @Option(
        name: .shortAndLong,
        help: "text, json (one object a page), tsv (one word a line) or hocr."
    )
    var format: PageFormat = .text

    @Flag(help: "The same as --format json.")
    var json = false

    func run() async throws {
        let assembly = Assembly(jobs: 1)
        var hasFailed = false
        var writer = PageWriter(format: json ? .json : format)
        writer.begin()
        for file in files {
            do {
                for outcome in try await SingleFile(path: file, step: reading.step)
                    .pages(by: assembly.readEngine)
                {
                    switch outcome {
                    case .read(let page):
                        writer.write(page, of: file)
                        for warning in page.warnings {
                            Terminal.error("docket: \(file) page \(page.number): \(warning)")
                        }
                    case .failed(let number, let failure):
                        hasFailed = true
                        Terminal.error(
                            "docket: \(file) page \(number): \(failure.reason.rawValue): \(failure.detail)"
                        )
                    }
                }
            } catch let failure as JobFailure {
                hasFailed = true
                Terminal.error("docket: \(file): \(failure.reason.rawValue): \(failure.detail)")
            }
        }
        writer.end()
        await assembly.readEngine.shutdown()
        if hasFailed { throw ExitCode(ExitStatus.someFailed.rawValue) }
    }
}
