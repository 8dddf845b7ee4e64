internal import Qwen
internal import Sandbox

/// Cuts a program's output, one portable pixmap (`P6`) after the other, into frames and resizes each as it comes.
struct FrameStream: OutputConsumer {
    /// Longest header: a mark, three numbers and the spaces between them.
    private static let longestHeader = 64

    /// The resized frames.
    private(set) var frames: [RGBPicture] = []
    /// Why it stopped before the end.
    private(set) var fault: PictureFault?

    private let wanted: Int
    private let pixelLimit: Int
    private let target: @Sendable (Int, Int) throws(PictureFault) -> (width: Int, height: Int)
    private var buffer: [UInt8] = []
    private var size: (width: Int, height: Int)?
    private var goal: (width: Int, height: Int) = (0, 0)
    /// Bytes of pixels that the frame at hand has; 0 while its header is awaited.
    private var awaited = 0

    /// Begins.
    ///
    /// - Parameters:
    ///   - wanted: Frames after which no more are taken.
    ///   - pixelLimit: Most pixels of a frame.
    ///   - target: What settles the size of all frames, from that of the first.
    init(
        wanted: Int,
        pixelLimit: Int,
        target: @escaping @Sendable (Int, Int) throws(PictureFault) -> (width: Int, height: Int)
    ) {
        self.wanted = wanted
        self.pixelLimit = pixelLimit
        self.target = target
    }

    mutating func take(_ bytes: [UInt8]) -> Bool {
        buffer += bytes
        do throws(PictureFault) {
            while frames.count < wanted {
                if awaited == 0, try !readHeader() { return true }
                guard buffer.count >= awaited else { return true }
                takeFrame()
            }
        } catch {
            fault = error
        }
        return false
    }

    /// Whether there was a whole header; it is taken from the buffer.
    private mutating func readHeader() throws(PictureFault) -> Bool {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var end = 0
        while words.count < 4, end < min(buffer.count, Self.longestHeader) {
            let byte = buffer[end]
            end += 1
            if byte == 0x20 || byte == 0x0a {
                words.append(word)
                word = []
            } else {
                word.append(byte)
            }
        }
        guard words.count == 4 else {
            if end == Self.longestHeader { throw .corrupt("no frame in ffmpeg's output") }
            return false
        }
        let numbers = words.dropFirst().map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        guard words[0] == Array("P6".utf8), numbers[0] > 0, numbers[1] > 0, numbers[2] == 255
        else {
            throw .corrupt("no frame in ffmpeg's output")
        }
        let (width, height) = (numbers[0], numbers[1])
        guard width.multipliedReportingOverflow(by: height).overflow == false,
            width * height <= pixelLimit
        else { throw .tooManyPixels(width: width, height: height, limit: pixelLimit) }
        if let size {
            guard size == (width, height) else { throw .unequalFrames(frame: frames.count + 1) }
        } else {
            size = (width, height)
            goal = try target(width, height)
        }
        buffer.removeFirst(end)
        awaited = width * height * 3
        return true
    }

    private mutating func takeFrame() {
        guard let size else { return }
        let picture = RGBPicture(
            width: size.width,
            height: size.height,
            pixels: Array(buffer[..<awaited])
        )
        frames.append(
            BicubicResize.resized(picture, width: goal.width, height: goal.height)
        )
        buffer.removeFirst(awaited)
        awaited = 0
    }
}
