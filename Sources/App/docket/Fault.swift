import ArgumentParser
import Exporting
import Foundation
import Jobs
import ModelStore
import PipelineSpec
import Reporting
import Running
import Scanning
import Storage
import SystemPackage

/// What went wrong, in words, and how the program ends: errors become messages only here.
struct Fault: Error {
    let status: ExitStatus
    /// What happened, where, and what to do.
    let message: String

    init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.message = message
    }

    /// The words for an error; nil for those that the argument parser words itself (help, usage, exit codes).
    init?(_ error: any Error) {
        switch error {
        case let fault as Fault: self = fault
        case let faults as SpecFaults:
            self.init(
                faults.isFileMissing ? .noInput : .badPipeline,
                faults.faults.count == 1
                    ? faults.description
                    : "\(faults.faults.count) mistakes in the pipeline\n\(faults)"
            )
        case let error as StoreError: self = Self.store(error)
        case let error as RunLockError: self = Self.lock(error)
        case let error as ScanError: self = Self.scan(error)
        case let error as RunFault: self = Self.run(error)
        case let failure as JobFailure:
            self.init(.someFailed, "\(failure.reason.rawValue): \(failure.detail)")
        case let error as OutputError: self = Self.output(error)
        case let error as ExportError: self = Self.export(error)
        case let error as TruthFault: self.init(truth: error)
        case let fault as ModelStoreFault: self.init(model: fault)
        case is CancellationError:
            self.init(.interrupted, "interrupted; the next run goes on from here")
        case is ExitCode, is ValidationError, is CleanExit: return nil
        default:
            // What the argument parser throws for help and usage is of types that it keeps to itself.
            if Docket.exitCode(for: error) != .failure { return nil }
            self.init(.software, "unexpected error: \(error)")
        }
    }

    private static func store(_ error: StoreError) -> Fault {
        switch error {
        case .missing(let path):
            Fault(
                .noInput,
                "\(path): no such database; `docket run PIPELINE` makes it, or name another with --database"
            )
        case .busy(let path):
            Fault(.tryLater, "\(path): another program is writing to it; try again later")
        case .cannotOpen(let path, let detail):
            Fault(
                .cannotCreate,
                "\(path): cannot be opened (\(detail)); check the folder and its permissions"
            )
        case .notADatabase(let path):
            Fault(.cannotCreate, "\(path): not a database; name another file with --database")
        case .foreign(let path):
            Fault(
                .cannotCreate,
                "\(path): a database of another program; name another file with --database"
            )
        case .corrupt(let path, let detail):
            Fault(
                .cannotCreate,
                "\(path): the database is damaged (\(detail)); put a backup in its place, or move it "
                    + "away (with its -wal and -shm files) and the next run makes a new one"
            )
        case .readOnly(let path):
            Fault(
                .cannotCreate,
                "\(path): may not be written to; check the permissions of the file and its folder"
            )
        case .diskFull(let path):
            Fault(
                .cannotCreate,
                "\(path): no room left on the disk; nothing stored is lost, free some room and run again"
            )
        case .inputOutput(let path, let detail):
            Fault(
                .cannotCreate,
                "\(path): reading or writing failed (\(detail)); check the disk, then run again"
            )
        case .newer(let path, let version):
            Fault(
                .cannotCreate,
                "\(path): written by a later version of Docket (format \(version)); use that version"
            )
        case .viewNameTaken(let name):
            Fault(
                .badPipeline,
                "the output table \(name) is the name of something else in the database; choose another `output: table:`"
            )
        case .noSuchRun(let run):
            Fault(.noInput, "no run \(run.rawValue); `docket status` lists the runs")
        case .noSuchPipeline(let name, let known):
            Fault(
                .noInput,
                "no run of the pipeline \(name) is stored in this database"
                    + (known.isEmpty ? "" : " (it knows \(known.joined(separator: ", ")))")
                    + "; `docket run` it first, or name another database with --database"
            )
        case .differentPipelines(let first, let second):
            Fault(
                .usage,
                "runs \(first.rawValue) and \(second.rawValue) are of different pipelines; name two runs of one"
            )
        case .ambiguous(let name, let documents):
            Fault(
                .usage,
                "\(name) is the beginning of several documents: "
                    + documents.map { String($0.prefix(16)) }.joined(separator: ", ")
            )
        case .other(let code, let message):
            Fault(.software, "SQLite says \(code): \(message)")
        }
    }

    private static func lock(_ error: RunLockError) -> Fault {
        switch error {
        case .held(let process, let pipeline):
            Fault(
                .tryLater,
                "another run\(pipeline.map { " of \($0)" } ?? "") holds the database"
                    + "\(process.map { " (process \($0))" } ?? ""); try again when it has ended"
            )
        case .cannotLock(let path, .noSuchFileOrDirectory):
            Fault(
                .cannotCreate,
                "\(path): cannot be made, its folder does not exist; make it first"
            )
        case .cannotLock(let path, let reason):
            Fault(
                .cannotCreate,
                "\(path): cannot be made (\(reason)); check the folder and its permissions"
            )
        }
    }

    private static func output(_ error: OutputError) -> Fault {
        switch error {
        case .diskFull("-"):
            Fault(.cannotCreate, "standard output: no room left on the disk; it was cut short")
        case .diskFull(let path):
            Fault(.cannotCreate, "\(path): no room left on the disk; an earlier file is as it was")
        case .readOnly(let path):
            Fault(
                .cannotCreate,
                "\(path): the file system can only be read; choose another --output"
            )
        case .notPermitted(let path):
            Fault(.cannotCreate, "\(path): you may not write here; choose another --output")
        case .isDirectory(let path):
            Fault(.cannotCreate, "\(path): is a folder; give --output a file's name in it")
        case .noFolder(let path):
            Fault(.cannotCreate, "\(path): its folder does not exist; make it first")
        case .readerGone:
            Fault(.cannotCreate, "whoever read the output has stopped reading")
        case .failed(let path, let detail):
            Fault(
                .cannotCreate,
                "\(path == "-" ? "standard output" : path): cannot be written (\(detail))"
            )
        }
    }

    private static func export(_ error: ExportError) -> Fault {
        switch error {
        case .notAList(let name, let lists):
            Fault(
                .usage,
                "--rows \(name): not a list field; "
                    + (lists.isEmpty
                        ? "this record has none" : "the lists are \(lists.joined(separator: ", "))")
            )
        case .profileWithoutTable(let format):
            Fault(
                .usage,
                "--profile excel makes tables; --format \(format.rawValue) is none: csv or tsv"
            )
        }
    }

    private static func scan(_ error: ScanError) -> Fault {
        switch error {
        case .missingFolder(let path):
            Fault(.noInput, "\(path): no such folder; check `input: folders:` or --input")
        case .notAFolder(let path):
            Fault(.noInput, "\(path): not a folder; name the folder that holds it")
        case .unreadableFolder(let path, let reason):
            Fault(.noInput, "\(path): cannot be opened (\(reason)); check its permissions")
        }
    }

    private static func run(_ error: RunFault) -> Fault {
        switch error {
        case .notConserved(let tally):
            Fault(
                .software,
                "the run does not account for every path: \(ConservationLine.text(tally)); "
                    + "please report this with the output of `docket check`"
            )
        }
    }
}
