internal import Answering
internal import FoundationEssentials
internal import Generation
internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Qwen
internal import VisionLanguage

/// Makes of documents' pages what is sent of them: the pixels that Docket's own engine would be shown, as PNG.
///
/// Compressed without loss, so that a server sees what Docket sees. A page of 1 megapixel takes 0.70 MB on average (40 pages of receipts, labels and
/// invoices, `Benchmarks/sent-pages.py`); JPEG of quality 90 takes 0.15 MB, and alters single pixels by up to 49 of 255 levels.
struct SentPages: Sendable {
    private let reader: PictureReader

    /// Makes ready.
    ///
    /// - Parameters:
    ///   - decoder: Decodes pages behind walls.
    ///   - imageTokens: The most tokens that a page would become: what settles its size.
    init(decoder: PictureDecoder, imageTokens: Int) {
        reader = PictureReader(
            decoder: decoder,
            preprocessor: PicturePreprocessor(),
            imageTokens: imageTokens,
            places: Places(2)
        )
    }

    /// The pages as `data:` addresses, those without anything on them left out.
    ///
    /// - Parameters:
    ///   - pictures: Which.
    ///   - limits: What they may demand; nil leaves it to the decoder.
    /// - Returns: One for each that something is on.
    /// - Throws: `JobFailure`, `CancellationError`.
    @concurrent func addresses(
        of pictures: [QuestionPicture],
        under limits: Limits? = nil
    ) async throws -> [String] {
        guard !pictures.isEmpty else { return [] }
        return try await reader.under(limits).pages(of: pictures).compactMap { page in
            try page.picture.map(Self.address)
        }
    }

    private static func address(of picture: RGBPicture) throws -> String {
        do throws(PictureError) {
            let page = try Picture(
                rgb: picture.pixels,
                width: picture.width,
                height: picture.height
            )
            return "data:image/png;base64," + Data(try page.pngBytes()).base64EncodedString()
        } catch {
            throw JobFailure(.outOfMemory, "no memory for the page's PNG")
        }
    }
}
