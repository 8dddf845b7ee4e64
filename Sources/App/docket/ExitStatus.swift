import ArgumentParser
import Exporting
import PipelineSpec
import Storage

/// How the program ends: a stable part of its interface, after `sysexits.h`.
enum ExitStatus: Int32, CaseIterable {
    /// Every document is accounted for and none failed.
    case success = 0
    /// The run finished, and some documents failed.
    case someFailed = 1
    /// Wrong command line.
    case usage = 64
    /// Wrong pipeline.
    case badPipeline = 65
    /// A folder, file or model that the command cannot do without is missing.
    case noInput = 66
    /// Docket's own fault.
    case software = 70
    /// The output or the database cannot be written.
    case cannotCreate = 73
    /// Another run holds the database.
    case tryLater = 75
    /// Interrupted after a clean stop (Ctrl-C).
    case interrupted = 130
    /// Terminated after a clean stop.
    case terminated = 143
}
