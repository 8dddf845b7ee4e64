public import Jobs
public import PipelineSpec
import Records
public import Storage

/// Tells of documents that were read while there was no model which of them would wake one, and why: without reading them again.
public struct ModelForecast {
    /// What is known of a document before the model is asked.
    public enum Verdict: Hashable, Sendable {
        /// The model would be asked, and why.
        case wakes(reason: String)
        /// The rules were enough, or nothing is on the pages.
        case sleeps
        /// Text and rules have to go over it first.
        case unknown
    }

    private let pipeline: Pipeline
    private let pipelineID: PipelineID
    private let store: Store
    private let router: JobRouter
    private let modelSteps: [Int]
    /// What an outcome was stored with where there was no model, and all else is as it is today.
    private let planWithoutModel: RunPlan
    private let dateOrders: [FolderID: DateOrder]

    /// Prepares to look at documents.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - pipelineID: its row.
    ///   - folders: the folders whose documents are looked at.
    ///   - store: the database.
    ///   - engines: the engines as they are where there is no model.
    ///   - router: decides which steps go to the model that there is now.
    /// - Throws: `StoreError`.
    public init(
        pipeline: Pipeline,
        pipelineID: PipelineID,
        folders: [FolderID],
        store: Store,
        engines: [String: any JobEngine],
        router: JobRouter
    ) throws(StoreError) {
        self.pipeline = pipeline
        self.pipelineID = pipelineID
        self.store = store
        self.router = router
        modelSteps = pipeline.steps.indices.filter {
            if case .model = router.route(for: pipeline.steps[$0]) { true } else { false }
        }
        planWithoutModel = RunPlan(
            pipeline: pipeline,
            engines: engines,
            router: JobRouter(),
            refresh: .new
        )
        let resolution = DateOrderResolution(
            pipeline: pipeline,
            pipelineID: pipelineID,
            store: store
        )
        var orders: [FolderID: DateOrder] = [:]
        for folder in folders { orders[folder] = try resolution.concluded(for: folder) }
        dateOrders = orders
    }

    /// What becomes of one document.
    ///
    /// - Parameters:
    ///   - known: a path whose file is unchanged.
    ///   - folder: its folder.
    /// - Returns: whether the model would be asked.
    /// - Throws: `StoreError`.
    public func verdict(on known: KnownLocation, in folder: FolderID) throws -> Verdict {
        guard let document = known.document, known.pathStatus == nil,
            let status = known.outcomeStatus, let plan = known.planFingerprint,
            let engines = known.engineFingerprint,
            planWithoutModel.holds(status: status, plan: plan, engines: engines)
        else { return .unknown }
        let pages = try self.pages(of: document)
        for index in modelSteps {
            let record = try DocumentRecord(
                of: document,
                pipeline: pipeline,
                pipelineID: pipelineID,
                store: store,
                dateOrder: dateOrders[folder],
                beforeStep: index
            ).record
            let route = router.route(for: pipeline.steps[index], record: record, pages: pages)
            if case .model(let reason) = route { return .wakes(reason: reason) }
        }
        return .sleeps
    }

    /// What was read of a document: whether anything is on its pages.
    private func pages(of document: DocumentID) throws -> [PageText] {
        let state = try store.documentState(pipeline: pipelineID, document: document)
        guard let read = state.jobs.first(where: { $0.verb == "read" }) else { return [] }
        return try store.pageOutcomes(read.id).compactMap {
            if case .read(let page) = $0 { page } else { nil }
        }
    }
}
