internal import Imaging
internal import SystemPackage

/// What the parent asks of a process that decodes pictures.
enum PictureRequest: Codable, Sendable {
    /// First message: raise the walls.
    case configure(addressSpaceBytes: Int)
    /// Read the headers of the document passed along, which later requests are about.
    case open(PictureLimits)
    /// Decode one page, from 1, and write it resized into the file passed along.
    case decode(page: Int, width: Int, height: Int)
    /// Try what the walls forbid.
    case probe(path: String)
}

/// What it answers.
enum PictureAnswer: Codable, Sendable {
    /// The walls are up; what the kernel had to offer.
    case ready(landlock: Bool, seccomp: Bool)
    /// The document's pages.
    case opened(PageSizes)
    /// The pixels are in the file, `[height, width, 3]`.
    case decoded(isBlank: Bool, isCutShort: Bool, warnings: [String])
    /// What the kernel said to opening and making a file and to a socket: 0 where it went through.
    case probed([Int32])
    /// It cannot be done.
    case refused(PictureRefusal)
}

/// Pages of a document, in the order of the file.
struct PageSizes: Codable, Sendable {
    var widths: [Int]
    var heights: [Int]
}

/// Why a page cannot be had, as ``PictureError`` says it.
enum PictureRefusal: Codable, Hashable, Error {
    case unsupported(String)
    case corrupt(String)
    case tooManyBytes
    case tooManyPixels(width: Int, height: Int)
    case tooManyPages
    case noSuchPage
    case outOfMemory
    case unreadable(Int32)

    init(_ error: PictureError) {
        self =
            switch error {
            case .unrecognized: .unsupported("")
            case .corrupt(let format, let cause): .corrupt("\(format.rawValue): \(cause)")
            case .unsupported(let format, let cause): .unsupported("\(format.rawValue): \(cause)")
            case .tooLarge(let width, let height, _): .tooManyPixels(width: width, height: height)
            case .tooManyBytes: .tooManyBytes
            case .tooManyPages: .tooManyPages
            case .noSuchPage: .noSuchPage
            case .outOfMemory: .outOfMemory
            case .inputOutput(let errno): .unreadable(errno.rawValue)
            }
    }
}
