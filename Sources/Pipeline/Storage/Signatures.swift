public import Jobs
public import PipelineSpec
public import Records
public import Scanning

extension Store {
    /// Begins a run.
    public func beginRun(
        pipeline: Pipeline,
        folders: [String],
        planFingerprint: String,
        at date: String
    ) throws(StoreError) -> StartedRun { throw .busy(path: path) }
    /// Ends a run.
    public func finishRun(
        _ run: RunID,
        state: RunState,
        tally: Tally,
        summary: String,
        at date: String
    ) throws(StoreError) { throw .busy(path: path) }
    /// Runs, the latest first; of one pipeline or of all.
    public func runs(pipeline name: String? = nil, limit: Int = 100) throws(StoreError)
        -> [RunSummary]
    { throw .busy(path: path) }
    /// One run.
    public func run(_ run: RunID) throws(StoreError) -> RunSummary { throw .busy(path: path) }
    /// The row of a pipeline and its folders, nil when it has never run.
    public func pipeline(named name: String) throws(StoreError) -> (
        id: PipelineID, folders: [(id: FolderID, path: String)]
    )? { throw .busy(path: path) }
    /// Names of all pipelines that have run.
    public func pipelineNames() throws(StoreError) -> [String] { throw .busy(path: path) }

    /// Known paths.
    public func knownLocations(pipeline: PipelineID, folder: FolderID, after: [UInt8]?, limit: Int)
        throws(StoreError) -> [KnownLocation]
    { throw .busy(path: path) }
    /// Records a path with its document.
    public func recordLocation(
        run: RunID,
        pipeline: PipelineID,
        folder: FolderID,
        path bytes: [UInt8],
        stamp: FileStamp,
        isTrusted: Bool,
        sha256: String,
        byteCount: Int,
        kind: DocumentKind
    ) throws(StoreError) -> DocumentID { throw .busy(path: path) }
    /// Records paths without a document.
    public func recordPathStatus(
        run: RunID,
        pipeline: PipelineID,
        folder: FolderID,
        _ statuses: [PathStatus]
    ) throws(StoreError) { throw .busy(path: path) }
    /// Ends paths.
    public func markVanished(run: RunID, _ locations: [LocationID]) throws(StoreError) {
        throw .busy(path: path)
    }
    /// New times.
    public func refreshStamp(run: RunID, location: LocationID, stamp: FileStamp, isTrusted: Bool)
        throws(StoreError)
    { throw .busy(path: path) }
    /// A document.
    public func document(sha256: String) throws(StoreError) -> StoredDocument? {
        throw .busy(path: path)
    }
    /// A document.
    public func document(_ id: DocumentID) throws(StoreError) -> StoredDocument? {
        throw .busy(path: path)
    }
    /// A document's current paths.
    public func locations(pipeline: PipelineID, document: DocumentID) throws(StoreError) -> [(
        folder: FolderID, path: [UInt8]
    )] { throw .busy(path: path) }
    /// Counts.
    public func tally(pipeline: PipelineID, folders: [FolderID]) throws(StoreError)
        -> [DocumentStatus: Int]
    { throw .busy(path: path) }
    /// Problems.
    public func problems(
        pipeline: PipelineID,
        folders: [FolderID]? = nil,
        statuses: Set<DocumentStatus> = [.failed, .quarantined, .partial, .review],
        limit: Int
    ) throws(StoreError) -> [Problem] { throw .busy(path: path) }

    /// State.
    public func documentState(pipeline: PipelineID, document: DocumentID) throws(StoreError)
        -> DocumentState
    { throw .busy(path: path) }
    /// Begins a job.
    public func beginJob(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        stepIndex: Int,
        verb: String,
        fingerprint: String,
        engineVersion: String,
        route: String = "",
        startOver: Bool = false
    ) throws(StoreError) -> BegunJob { throw .busy(path: path) }
    /// Stores a page.
    public func storePage(_ job: JobID, _ page: PageOutcome, milliseconds: Int) throws(StoreError) {
        throw .busy(path: path)
    }
    /// Pages of a job with failures.
    public func pageOutcomes(_ job: JobID) throws(StoreError) -> [PageOutcome] {
        throw .busy(path: path)
    }
    /// Pages read of a document.
    public func pages(pipeline: PipelineID, document: DocumentID) throws(StoreError) -> [PageText] {
        throw .busy(path: path)
    }
    /// Finishes a job.
    public func finishJob(run: RunID, _ job: JobID, _ result: JobResult, milliseconds: Int)
        throws(StoreError)
    { throw .busy(path: path) }
    /// Fails a job.
    public func failJob(run: RunID, _ job: JobID, _ failure: JobFailure, milliseconds: Int)
        throws(StoreError)
    { throw .busy(path: path) }
    /// Skips a job.
    public func skipJob(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        stepIndex: Int,
        verb: String,
        fingerprint: String,
        reason: String
    ) throws(StoreError) { throw .busy(path: path) }
    /// Removes jobs of steps that the pipeline no longer has.
    public func removeJobs(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        fromStep stepIndex: Int
    ) throws(StoreError) { throw .busy(path: path) }
    /// Candidates.
    public func candidates(pipeline: PipelineID, document: DocumentID) throws(StoreError)
        -> [StoredCandidate]
    { throw .busy(path: path) }
    /// Check results.
    public func checkResults(pipeline: PipelineID, document: DocumentID) throws(StoreError)
        -> [CheckResult]
    { throw .busy(path: path) }
    /// Corrections.
    public func corrections(pipeline: PipelineID, document: DocumentID) throws(StoreError)
        -> [Correction]
    { throw .busy(path: path) }
    /// Makes a correction.
    public func correct(
        pipeline: PipelineID,
        document: DocumentID,
        field: String,
        content: FieldContent,
        at date: String
    ) throws(StoreError) { throw .busy(path: path) }
    /// Finishes a document.
    public func finishDocument(
        run: RunID,
        pipeline: PipelineID,
        document: DocumentID,
        status: DocumentStatus,
        reason: String?,
        detail: String?,
        attempts: Int,
        planFingerprint: String,
        engineFingerprint: String,
        confidence: Double?,
        needsReview: Bool,
        chosen: Set<ValueID>
    ) throws(StoreError) { throw .busy(path: path) }
    /// Resolution.
    public func resolution(pipeline: PipelineID, folder: FolderID, key: String) throws(StoreError)
        -> StoredResolution?
    { throw .busy(path: path) }
    /// Sets a resolution.
    public func setResolution(
        pipeline: PipelineID,
        folder: FolderID,
        key: String,
        _ resolution: StoredResolution
    ) throws(StoreError) { throw .busy(path: path) }
    /// Retry.
    public func retry(
        pipeline: PipelineID,
        statuses: Set<DocumentStatus> = [.failed, .quarantined],
        matching: (([UInt8]) -> Bool)? = nil
    ) throws(StoreError) -> Int { throw .busy(path: path) }

    /// Export.
    public func exportRows(
        pipeline name: String,
        _ selection: ExportSelection = ExportSelection(),
        _ body: (ExportRow) throws -> Void
    ) throws { throw StoreError.busy(path: path) }
    /// Search.
    public func search(_ words: String, limit: Int, marks: (String, String) = ("", ""))
        throws(StoreError) -> [SearchHit]
    { throw .busy(path: path) }
    /// Differences.
    public func diff(_ first: RunID, _ second: RunID) throws(StoreError) -> [Difference] {
        throw .busy(path: path)
    }
    /// Forget.
    public func forget(_ name: String) throws(StoreError) -> Forgotten? { throw .busy(path: path) }
    /// Integrity.
    public func check() throws(StoreError) -> [IntegrityProblem] { throw .busy(path: path) }
}
