internal import Imaging

/// A page as one look shows it, and the way back from its pixels to those of the straight page.
struct ShownPicture: ~Copyable {
    /// What is read.
    let picture: Picture
    /// From its pixels to those of the straight page.
    private let toPage: PageTransform

    /// Takes over a picture that was made from the straight page.
    init(picture: consuming Picture) {
        toPage = picture.placement
        self.picture = picture
    }

    /// Words of the shown picture in the frame that all readings of the page share.
    func inFrame(_ words: [RawWord]) -> [RawWord] {
        words.map { word in
            var framed = word
            (framed.left, framed.top) = inFrame(x: word.left, y: word.top)
            (framed.right, framed.bottom) = inFrame(x: word.right, y: word.bottom)
            return framed
        }
    }

    private func inFrame(x: Int, y: Int) -> (Int, Int) {
        let point = toPage.point(x: Double(x), y: Double(y))
        return (
            Int((point.x * ReadingFrame.fineness).rounded()),
            Int((point.y * ReadingFrame.fineness).rounded())
        )
    }
}

/// The grid on which words of different readings are compared: finer than pixels, for pages of tiny print.
enum ReadingFrame {
    /// Steps for each pixel of the straight page.
    static let fineness = 4.0
}
