internal import Jobs
internal import PipelineSpec
internal import Records
internal import SystemPackage

extension ReadEngine {
    /// Frames in a row that cannot be had before the rest of a video is given up.
    private static let patience = 3

    /// Reads a video: one frame in so many seconds is a page.
    ///
    /// What it says of its length is believed only to count pages: where no frame comes any more, it has ended.
    func answerVideo(
        _ job: Job,
        step: ReadStep,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        let video = VideoReader(programs: programs, document: job.document, limits: job.limits)
        let pictures = PictureReader(engine: self, step: step, limits: job.limits)
        try pictures.requireEngine()
        var progress = DocumentProgress(limits: job.limits)
        let every = step.framesEvery ?? ReadStep.usualFramesEvery
        let length = try await progress.spending { try await video.milliseconds() }
        var pageCount = (length + every - 1) / every
        let lastPage = min(pageCount, max(1, job.limits.pages))
        progress.begin(pages: lastPage)
        var failures = 0
        for number in 1...lastPage where !job.storedPages.contains(number) {
            try Task.checkCancellation()
            let outcome: PageOutcome
            do {
                outcome = try await progress.page(number) { milliseconds in
                    try await pictures.readFrame(
                        at: (number - 1) * every,
                        of: video,
                        milliseconds: milliseconds
                    )
                }
            } catch is EndOfVideo {
                guard number > 1 else { throw JobFailure(.corrupt, "no frame is in the video") }
                pageCount = number - 1
                break
            }
            if case .failed(_, let failure) = outcome, pageCount == 1 { throw failure }
            try await store(outcome)
            if case .failed = outcome { failures += 1 } else { failures = 0 }
            if failures == Self.patience { break }
        }
        try progress.requireAnyPage()
        return JobResult(
            route: pictures.route,
            pageCount: pageCount,
            unreadPages: max(0, pageCount - lastPage),
            peakBytes: progress.peakBytes
        )
    }
}

/// No frame is to be had from a moment on, and nothing is wrong with the video.
private struct EndOfVideo: Error {}

extension PictureReader {
    /// Reads a frame of a video.
    ///
    /// One without letters is not blank for that: a model may be shown it.
    fileprivate func readFrame(
        at moment: Int,
        of video: VideoReader,
        milliseconds: Int
    ) async throws -> (page: PageText, peakBytes: Int) {
        let start = ContinuousClock.now
        guard let frame = try await video.frame(at: moment) else { throw EndOfVideo() }
        defer { try? frame.file.close() }
        let spent = Int((ContinuousClock.now - start) / .milliseconds(1))
        var result = try await read(
            frame.file,
            page: 1,
            milliseconds: max(1, milliseconds - spent)
        )
        result.page.isBlank = false
        if let warning = frame.warning { result.page.warnings.append(warning) }
        return result
    }
}
