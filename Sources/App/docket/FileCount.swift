import PipelineSpec
import Scanning
import SystemPackage

/// Counts what a run will find, for those who want to know how long it takes.
enum FileCount {
    /// Walks a pipeline's folders and tells the progress line the count.
    ///
    /// What goes wrong here goes wrong in the run as well, and is told there.
    @concurrent
    static func tell(_ pipeline: Pipeline, to progress: RunProgress) async {
        guard progress.isShown else { return }
        let earlier = progress.foundCount
        guard let count = try? count(pipeline) else { return }
        progress.expect(earlier + count)
    }

    private static func count(_ pipeline: Pipeline) throws -> Int {
        let include = try pipeline.input.include.map { try Glob($0) }
        let exclude = try pipeline.input.exclude.map { try Glob($0) }
        var count = 0
        for folder in pipeline.input.folders {
            let scanner = DirectoryScanner(
                folder: FilePath(folder),
                include: include,
                exclude: exclude
            )
            while let event = try scanner.next() {
                try Task.checkCancellation()
                if event.isMatch { count += 1 }
            }
        }
        return count
    }
}
