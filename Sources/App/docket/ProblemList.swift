import Jobs
import Storage

/// What is wrong with which document, the worst first.
enum ProblemList {
    /// What asks for a person's attention, in groups from bad to mild.
    private static let groups: [Set<DocumentStatus>] = [
        [.failed, .quarantined], [.partial], [.review],
    ]

    /// All statuses that ask for a person's attention.
    static let statuses = Set(groups.flatMap { $0 })

    /// Reads the list.
    ///
    /// - Parameters:
    ///   - store: where the documents are.
    ///   - pipeline: the pipeline.
    ///   - run: the run whose state is looked at; nil for now.
    ///   - folders: the folders whose paths are looked at; nil for all.
    ///   - statuses: the statuses that count; one that no path has need not be looked for.
    ///   - limit: the most that are given.
    /// - Returns: the problems, by status, folder and path.
    /// - Throws: `StoreError`.
    static func read(
        from store: Store,
        pipeline: PipelineID,
        run: RunID? = nil,
        folders: [FolderID]? = nil,
        statuses: Set<DocumentStatus> = statuses,
        limit: Int
    ) throws(StoreError) -> [Problem] {
        var problems: [Problem] = []
        for group in groups.map({ $0.intersection(statuses) })
        where !group.isEmpty && problems.count < limit {
            problems += try store.problems(
                pipeline: pipeline,
                run: run,
                folders: folders,
                statuses: group,
                limit: limit - problems.count
            )
        }
        return problems
    }
}
