internal import Imaging
internal import Jobs

extension JobFailure {
    /// What a picture that cannot be decoded means for its document.
    init(_ error: PictureError) {
        switch error {
        case .unrecognized: self.init(.unsupported, "not a picture of a kind that can be read")
        case .corrupt(let format, let cause):
            self.init(.corrupt, "\(format.rawValue): \(cause)")
        case .unsupported(let format, let cause):
            self.init(.unsupported, "\(format.rawValue): \(cause)")
        case .tooLarge(let width, let height, let limit):
            self.init(.tooLarge, "\(width)x\(height) pixels, the limit is \(limit)")
        case .tooManyBytes(let limit): self.init(.tooLarge, "more bytes than \(limit)")
        case .tooManyPages(let limit): self.init(.tooLarge, "more pages than \(limit)")
        case .noSuchPage(let number, let pageCount):
            self.init(.corrupt, "no page \(number + 1) of \(pageCount)")
        case .outOfMemory: self.init(.outOfMemory, "the picture takes more memory than the limit")
        case .inputOutput(let errno): self.init(.unreadable, "\(errno)")
        }
    }
}
