import ArgumentParser
import Foundation
import PipelineSpec
import Scanning

/// Reads the pipelines that a command line names.
enum PipelineArguments {
    /// Reads and validates all of them.
    ///
    /// - Throws: `SpecFaults` with the faults of every file; `Fault` when two have the same name.
    static func read(_ paths: [String], input: InputOptions = InputOptions()) throws -> [Pipeline] {
        var pipelines: [Pipeline] = []
        var faults: [SpecFault] = []
        for path in paths {
            do throws(SpecFaults) {
                var pipeline = try PipelineFile.read(absolutePath(path))
                if !input.input.isEmpty {
                    // A folder that is named twice is one folder: its files are to be counted once.
                    var named: Set<String> = []
                    pipeline.input.folders = input.input.map(absolutePath)
                        .filter { named.insert($0).inserted }
                }
                pipelines.append(pipeline)
            } catch {
                faults += error.faults
            }
        }
        if !faults.isEmpty { throw SpecFaults(faults: faults) }
        for (index, pipeline) in pipelines.enumerated() {
            if let twin = pipelines[..<index].first(where: { $0.name == pipeline.name }) {
                throw Fault(
                    .badPipeline,
                    "\(pipeline.file) and \(twin.file) are both named \(pipeline.name); rename one of them"
                )
            }
        }
        return pipelines
    }

    /// Reads one pipeline.
    static func read(_ path: String) throws -> Pipeline {
        try PipelineFile.read(absolutePath(path))
    }
}

/// Refuses a glob that no path could match because it is not one.
func validateGlob(_ glob: String, option: String) throws {
    do {
        _ = try Glob(glob)
    } catch {
        throw ValidationError("\(option) '\(glob)': \(error)")
    }
}
