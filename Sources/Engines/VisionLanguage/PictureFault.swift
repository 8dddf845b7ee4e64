public import SystemPackage

/// Why no picture can be had from a file.
///
/// Texts in cases are evidence from outside, one printable line each: to show, not to branch on.
public enum PictureFault: Error, Hashable, Sendable {
    /// The file could not be opened or read.
    case unreadable(Errno)
    /// The file has no bytes.
    case empty
    /// The content is of a kind, or uses a part of its format, that is not understood here.
    case unsupported(String)
    /// The content is damaged beyond reading.
    case corrupt(String)
    /// The document asks for a password.
    case encrypted
    /// The file has more bytes than the limit allows.
    case tooManyBytes(limit: Int)
    /// The picture has more pixels than the limit allows.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// More pages are wanted than the limit allows at once.
    case tooManyPages(Int, limit: Int)
    /// There is no such page; pages count from 1.
    case noSuchPage(Int, pageCount: Int)
    /// One side is longer than the other by more than models take.
    case tooNarrow(width: Int, height: Int, limit: Int)
    /// A list of frames without one.
    case noFrames
    /// More frames than a video may have.
    case tooManyFrames(Int, limit: Int)
    /// A frame, counted from 1, of another size than the first.
    case unequalFrames(frame: Int)
    /// The video lasts longer than the limit allows.
    case tooLong(seconds: Int, limit: Int)
    /// Decoding took longer than its limit.
    case timeout(seconds: Int)
    /// What decoded the picture ended, and how.
    case crashed(String)
    /// Decoding wanted more memory than its limit.
    case outOfMemory
    /// A program is not installed; what Debian calls the package that has it.
    case missingProgram(String, package: String)
    /// The task was cancelled.
    case cancelled

    /// What ``unsupported(_:)`` says of a file without a video in it.
    public static let noVideo = "there is no video in the file"

    /// The word for it in the closed set that jobs are stored with.
    public var reason: String {
        switch self {
        case .unreadable: "unreadable"
        case .empty: "empty"
        case .unsupported, .tooNarrow, .noFrames, .unequalFrames: "unsupported"
        case .corrupt, .noSuchPage: "corrupt"
        case .encrypted: "encrypted"
        case .tooManyBytes, .tooManyPixels, .tooManyPages, .tooManyFrames, .tooLong: "too-large"
        case .timeout: "timeout"
        case .crashed, .cancelled: "crashed"
        case .outOfMemory: "out-of-memory"
        case .missingProgram: "missing-engine"
        }
    }
}
