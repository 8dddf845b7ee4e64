import FeatureCache
import Foundation
import OCR
import Qwen
import Scanning
import SystemPackage
import VisionLanguage

/// What a question is about: pictures, videos and texts, read from their files.
struct AskMaterial {
    /// A file, or a page of one, that is shown to the model.
    struct Shown {
        let name: String
        let view: View
        let width: Int
        let height: Int
        let frames: Int?
    }

    private(set) var shown: [Shown] = []
    private(set) var texts: [String] = []
    /// Texts that the answer may quote; the model is not shown them.
    private(set) var drafts: [String] = []
    /// Files, and pages of them, without anything on them.
    private(set) var blank: [String] = []
    /// What was odd about files that were read all the same.
    private(set) var warnings: [String] = []
    /// Time for decoding and for cutting into patches.
    private(set) var decoding = Duration.zero
    private(set) var peakBytes: Int?

    /// The longest text that is read: some million tokens, more than any model holds.
    private static let longestText = 4_000_000

    // MARK: Texts

    /// Reads a text.
    ///
    /// - Throws: `Fault` when it cannot be read or is none.
    mutating func addText(_ path: String) throws(Fault) {
        let name = path == "-" ? "standard input" : path
        guard let text = try text(in: path) else {
            blank.append(name)
            return
        }
        texts.append(text)
    }

    /// Reads a text that the answer may quote; an empty one helps nobody and is no mistake.
    ///
    /// - Throws: `Fault` when it cannot be read or is none.
    mutating func addDraft(_ path: String) throws(Fault) {
        if let text = try text(in: path) { drafts.append(text) }
    }

    /// The text of a file; nil where nothing is in it.
    private mutating func text(in path: String) throws(Fault) -> String? {
        let name = path == "-" ? "standard input" : path
        let bytes: [UInt8]
        do {
            let file =
                path == "-"
                ? FileDescriptor.standardInput
                : try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            defer { if path != "-" { try? file.close() } }
            bytes = try Self.start(of: file, count: Self.longestText + 1)
        } catch {
            throw Fault(.someFailed, "\(name): cannot be read (\(error))")
        }
        guard bytes.count <= Self.longestText else {
            throw Fault(
                .someFailed,
                "\(name): longer than \(Self.longestText) bytes, more than any model holds; cut it into parts"
            )
        }
        guard !Self.isPicture(bytes), let decoded = TextDecoding.decode(bytes, mayEndEarly: false)
        else {
            throw Fault(
                .someFailed,
                "\(name): not a text; `docket read` turns pictures and PDFs into text"
            )
        }
        guard decoded.text.contains(where: { !$0.isWhitespace }) else { return nil }
        if let warning = decoded.warning { warnings.append("\(name): \(warning)") }
        return decoded.text
    }

    /// Whether bytes are a picture's or a PDF's: read as text they would be pages of noise.
    private static func isPicture(_ bytes: [UInt8]) -> Bool {
        switch DocumentKind.sniff(
            Array(bytes.prefix(DocumentKind.prefixLength)),
            byteCount: bytes.count
        ) {
        case .text, .empty, .unknown: false
        default: true
        }
    }

    private static func start(of file: FileDescriptor, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < count {
            let read = try unsafe chunk.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            if read == 0 { break }
            bytes += chunk[..<read]
        }
        return bytes
    }

    // MARK: Pictures

    /// Has a file's pages decoded, and leaves out those without anything on them.
    ///
    /// - Parameters:
    ///   - path: The file; `-` for standard input.
    ///   - decoder: Decodes it behind walls.
    ///   - preprocessor: The model's.
    ///   - imageTokens: The most tokens of a page.
    ///   - pages: Which pages; nil for all.
    /// - Throws: `Fault` when it cannot be read, `CancellationError`.
    mutating func addPicture(
        _ path: String,
        decoder: PictureDecoder,
        preprocessor: PicturePreprocessor,
        imageTokens: Int,
        pages: ClosedRange<Int>?
    ) async throws {
        let name = path == "-" ? "standard input" : path
        let start = ContinuousClock.now
        let decoded: [DecodedPicture]
        do throws(PictureFault) {
            if path == "-" {
                decoded = try await decoder.pictures(
                    in: .standardInput,
                    preprocessor: preprocessor,
                    imageTokens: imageTokens,
                    pages: pages
                )
            } else {
                decoded = try await decoder.pictures(
                    at: FilePath(path),
                    preprocessor: preprocessor,
                    imageTokens: imageTokens,
                    pages: pages
                )
            }
        } catch {
            if error == .cancelled { throw CancellationError() }
            throw Fault(picture: error, file: name)
        }
        for page in decoded {
            let name = page.pageCount > 1 ? "\(name) page \(page.page)" : name
            for warning in page.warnings { warnings.append("\(name): \(warning)") }
            if page.isCutShort {
                warnings.append("\(name): the file ends early; the rows that are missing are white")
            }
            peakBytes = max(peakBytes ?? 0, page.peakBytes ?? 0)
            guard !page.isBlank else {
                guard !page.isCutShort else {
                    throw Fault(.someFailed, "\(name): the file ends before anything is to be seen")
                }
                blank.append(name)
                continue
            }
            do throws(PreprocessingFault) {
                shown.append(
                    Shown(
                        name: name,
                        view: View(
                            picture: try preprocessor.patches(ofResized: page.picture),
                            seen: SeenPicture(
                                page.picture,
                                digits: nil,
                                source: SeenPicture.Sides(
                                    width: page.sourceWidth,
                                    height: page.sourceHeight
                                )
                            )
                        ),
                        width: page.sourceWidth,
                        height: page.sourceHeight,
                        frames: nil
                    )
                )
            } catch {
                throw Fault.preprocessing(error, file: name)
            }
        }
        decoding += ContinuousClock.now - start
    }

    // MARK: Videos

    /// Has a video's frames decoded.
    ///
    /// - Parameters:
    ///   - path: A video file, or a folder of frames.
    ///   - decoder: Decodes it behind walls.
    ///   - preprocessor: The model's.
    ///   - videoTokens: The most tokens of the whole video.
    ///   - sampledPerSecond: Frames that are shown of each second.
    /// - Throws: `Fault` when it cannot be read, `CancellationError`.
    mutating func addVideo(
        _ path: String,
        decoder: VideoDecoder,
        preprocessor: PicturePreprocessor,
        videoTokens: Int,
        sampledPerSecond: Double
    ) async throws {
        let start = ContinuousClock.now
        let video: DecodedVideo
        do throws(PictureFault) {
            video = try await decoder.video(
                at: FilePath(path),
                preprocessor: preprocessor,
                videoTokens: videoTokens,
                sampledPerSecond: sampledPerSecond
            )
        } catch {
            if error == .cancelled { throw CancellationError() }
            throw Fault(picture: error, file: path)
        }
        defer { decoding += ContinuousClock.now - start }
        warnings += video.warnings.map { "\(path): \($0)" }
        guard !video.frames.allSatisfy({ BlankPicture.isBlank($0) }) else {
            blank.append(path)
            return
        }
        do throws(PreprocessingFault) {
            let patches = try preprocessor.patches(ofResizedFrames: video.frames)
            shown.append(
                Shown(
                    name: path,
                    view: View(video: patches, seconds: video.seconds),
                    width: video.frames[0].width,
                    height: video.frames[0].height,
                    frames: video.frames.count
                )
            )
        } catch {
            throw Fault.preprocessing(error, file: path)
        }
    }
}
