public import SystemPackage

internal import CPictures

/// Why a picture cannot be had from a file.
///
/// `cause` is the decoder's own wording in printable ASCII: evidence to show, not to branch on.
public enum PictureError: Error, Hashable, Sendable {
    /// The first bytes are of no known picture format.
    case unrecognized
    /// The file is of the format, but damaged beyond reading.
    case corrupt(PictureFormat, cause: String)
    /// The file may be sound, but uses a part of its format that is not understood here.
    case unsupported(PictureFormat, cause: String)
    /// The header claims more pixels than the limit allows.
    case tooLarge(width: Int, height: Int, limit: Int)
    /// The file has more bytes than the limit allows.
    case tooManyBytes(limit: Int)
    /// The file has more pages than the limit allows.
    case tooManyPages(limit: Int)
    /// There is no page of this number; pages count from 0.
    case noSuchPage(Int, pageCount: Int)
    /// Memory ran out.
    case outOfMemory
    /// The descriptor cannot be read or written.
    case inputOutput(Errno)
}

extension PictureError {
    /// What a decoder reported as failure.
    init(_ report: PicturesReport, format: PictureFormat, limits: PictureLimits) {
        switch Int(report.outcome) {
        case PICTURES_UNSUPPORTED:
            self = .unsupported(format, cause: report.failure)
        case PICTURES_TOO_LARGE:
            self = .tooLarge(
                width: Int(report.width),
                height: Int(report.height),
                limit: limits.pixels
            )
        case PICTURES_TOO_MANY_PAGES:
            self = .tooManyPages(limit: limits.pages)
        case PICTURES_OUT_OF_MEMORY:
            self = .outOfMemory
        default:
            self = .corrupt(format, cause: report.failure)
        }
    }
}

extension PicturesReport {
    /// The decoder's words for a failure.
    var failure: String {
        unsafe withUnsafeBytes(of: message) { unsafe text(in: $0) }
    }

    /// What the decoder complained of and went on; empty when nothing.
    var warnings: [String] {
        guard warning_count > 0 else { return [] }
        let first = unsafe withUnsafeBytes(of: warning) { unsafe text(in: $0) }
        guard warning_count > 1 else { return [first] }
        return ["\(first) (and \(warning_count - 1) more)"]
    }

    private func text(in bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
