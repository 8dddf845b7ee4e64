import Foundation
import Glibc
import ModelStore
import OCR
import Sandbox
import Storage
import SystemPackage

/// What `doctor` looks at.
enum Diagnosis {
    /// Languages that the README's set-up installs.
    private static let usualLanguages = ["eng", "deu", "fra", "spa", "nor", "chi_sim"]

    /// Looks at everything, in the order in which a reader cares.
    static func make(databasePath: String) async -> [Finding] {
        var findings = [
            Finding(name: "docket", state: .ok, detail: Docket.version),
            processors(),
        ]
        findings += languages()
        findings += ["pdfinfo", "pdftotext", "pdftoppm"].map(poppler)
        findings += await videoPrograms()
        findings += kernel()
        findings.append(await walls())
        findings.append(database(databasePath))
        findings += languageModels(ModelStore())
        return findings
    }

    private static func processors() -> Finding {
        Finding(name: "processors", state: .ok, detail: "\(Assembly.coreCount)")
    }

    private static func languages() -> [Finding] {
        let models = LanguageModels.installed()
        let installed = models.languages
        var findings = [
            installed.isEmpty
                ? Finding(
                    name: "Tesseract languages",
                    state: .missing,
                    detail: "none in \(models.folder)",
                    remedy: "apt install tesseract-ocr-eng"
                )
                : Finding(
                    name: "Tesseract languages",
                    state: .ok,
                    detail: installed.joined(separator: ", ")
                )
        ]
        for language in usualLanguages where !installed.contains(language) {
            findings.append(
                Finding(
                    name: "language \(language)",
                    state: .optional,
                    detail: "not installed",
                    remedy: LanguageModels.remedy(for: language)
                )
            )
        }
        if !models.canTellOrientation {
            findings.append(
                Finding(
                    name: "page orientation",
                    state: .optional,
                    detail: "the model osd is not installed: turned pages are found more slowly",
                    remedy: "apt install tesseract-ocr-osd"
                )
            )
        }
        return findings
    }

    private static func poppler(_ program: String) -> Finding {
        let folders = ["/usr/bin", "/usr/local/bin"]
        for folder in folders where unsafe access("\(folder)/\(program)", X_OK) == 0 {
            return Finding(name: program, state: .ok, detail: "\(folder)/\(program)")
        }
        return Finding(
            name: program,
            state: .missing,
            detail: "not found: PDFs cannot be read",
            remedy: "apt install poppler-utils"
        )
    }

    /// The programs that take the frames out of videos.
    private static func videoPrograms() async -> [Finding] {
        var findings: [Finding] = []
        for program in ["ffmpeg", "ffprobe"] {
            guard let path = ProgramRunner.find(program) else {
                findings.append(
                    Finding(
                        name: program,
                        state: .optional,
                        detail: "not found: `docket ask --video` reads folders of frames only",
                        remedy: "apt-get install ffmpeg"
                    )
                )
                continue
            }
            let version = await version(of: path).map { ", version \($0)" } ?? ""
            findings.append(Finding(name: program, state: .ok, detail: path + version))
        }
        return findings
    }

    /// What a program of ffmpeg's says that it is, started as it is for a video; nil when it does not say.
    private static func version(of path: String) async -> String? {
        var programs = ProgramRunner(selfExecutable: Assembly.executable)
        programs.addressSpaceBytes = 4 << 30
        programs.outputBytes = 64_000
        guard
            let input = try? FileDescriptor.open(
                FilePath("/dev/null"),
                .readOnly,
                options: .closeOnExec
            )
        else { return nil }
        defer { try? input.close() }
        guard
            let outcome = try? await programs.run(
                [path, "-version"],
                input: input,
                milliseconds: 10_000
            )
        else { return nil }
        defer { try? outcome.output.close() }
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe try? outcome.output.read(fromAbsoluteOffset: 0, into: $0)
        }
        // "ffmpeg version 6.1.1 Copyright …"
        let words = String(decoding: bytes.prefix(count ?? 0), as: UTF8.self).split(separator: " ")
        guard words.count > 2, words[1] == "version" else { return nil }
        return String(words[2])
    }

    private static func kernel() -> [Finding] {
        let kernel = KernelWalls.probe()
        return [
            kernel.landlockVersion > 0
                ? Finding(
                    name: "Landlock",
                    state: .ok,
                    detail: "version \(kernel.landlockVersion)"
                )
                : Finding(
                    name: "Landlock",
                    state: .optional,
                    detail: "this kernel has none: the filter of system calls stands alone",
                    remedy: "a kernel from 5.13 on, with lsm=landlock"
                ),
            kernel.seccomp
                ? Finding(name: "seccomp", state: .ok, detail: "system calls are filtered")
                : Finding(
                    name: "seccomp",
                    state: .missing,
                    detail: "this kernel does not filter system calls: readers are not walled in",
                    remedy: "a kernel with CONFIG_SECCOMP_FILTER"
                ),
        ]
    }

    /// Starts a reader and has it try what it must not be able to do.
    private static func walls() async -> Finding {
        let engine = ReadEngine(jobs: 1, selfExecutable: Assembly.executable)
        let finding: Finding
        do {
            let report = try await engine.probeWalls(
                readablePath: "/etc/passwd",
                writablePath: FileManager.default.temporaryDirectory
                    .appendingPathComponent("docket-doctor-\(getpid())").path,
                port: 9
            )
            let tries = [
                ("opening a file", report.read), ("making a file", report.write),
                ("starting a program", report.execute), ("connecting", report.connect),
            ]
            let open = tries.filter { $0.1 == 0 }.map(\.0)
            finding =
                open.isEmpty
                ? Finding(
                    name: "walls",
                    state: .ok,
                    detail: "a reader tried to open, make, start and connect: all refused"
                )
                : Finding(
                    name: "walls",
                    state: .missing,
                    detail: "a reader could do this: \(open.joined(separator: ", "))",
                    remedy: "see Landlock and seccomp above"
                )
        } catch {
            finding = Finding(
                name: "walls",
                state: .missing,
                detail: "no reader could be started: \(error)"
            )
        }
        await engine.shutdown()
        return finding
    }

    /// The models that are there, and each whose download has not ended.
    static func languageModels(_ store: ModelStore) -> [Finding] {
        let models = store.installed()
        let complete = models.filter(\.isComplete)
        let begun = models.filter { !$0.isComplete }.map { model in
            Finding(
                name: "language model",
                state: .optional,
                detail: "\(model.name): only \(ByteCount(model.byteCount)) of it are here",
                remedy: "docket model pull \(model.name)"
            )
        }
        guard !complete.isEmpty else {
            return begun.isEmpty
                ? [
                    Finding(
                        name: "language model",
                        state: .optional,
                        detail: "none in \(store.root): `docket ask` has nobody to answer",
                        remedy: "docket model pull \(Fault.usualModel)"
                    )
                ] : begun
        }
        let names = complete.map { model in
            let family = model.family.map { "\($0), " } ?? ""
            return "\(model.name) (\(family)\(ByteCount(model.byteCount)))"
        }
        return [
            Finding(
                name: "language model",
                state: .ok,
                detail: "\(names.joined(separator: ", ")) in \(store.root)"
            )
        ] + begun
    }

    private static func database(_ path: String) -> Finding {
        do {
            let store = try Store(path: path, mode: .readOnly)
            let names = try store.pipelineNames()
            return Finding(
                name: "database",
                state: .ok,
                detail:
                    "\(path) (\(names.isEmpty ? "no pipeline yet" : names.joined(separator: ", ")))"
            )
        } catch StoreError.missing {
            return Finding(name: "database", state: .ok, detail: "\(path) (made by the first run)")
        } catch {
            return Finding(
                name: "database",
                state: .missing,
                detail: Fault(error)?.message ?? "\(error)"
            )
        }
    }
}
