internal import FoundationEssentials
internal import Glibc
internal import Imaging
internal import Qwen
internal import Sandbox
internal import SystemPackage

/// What `docket picture-worker` runs: decodes foreign pictures for the process that started it, behind walls.
///
/// It talks over descriptor 3. Its walls go up before a foreign byte is touched. It brings pages to the size that it is told,
/// so that what comes back is small and its size known beforehand.
public enum PictureWorker {
    /// The exit status of a worker that was started by hand or whose parent talks nonsense.
    private static let misuse: Int32 = 64

    /// Serves requests until the parent hangs up.
    ///
    /// - Returns: The exit status.
    public static func main() -> Int32 {
        let channel = MessageChannel.toParent()
        do {
            guard let first = try channel.receive(),
                case .configure(let addressSpaceBytes) = try request(in: first)
            else { return misuse }
            let raised = try Walls.worker(addressSpaceBytes: addressSpaceBytes).raise()
            try send(.ready(landlock: raised.landlock, seccomp: raised.seccomp), over: channel)
            var document: PictureFile?
            while let message = try channel.receive(descriptorLimit: 1) {
                defer { for descriptor in message.descriptors { try? descriptor.close() } }
                let answer: PictureAnswer
                do throws(PictureRefusal) {
                    answer = try self.answer(
                        try request(in: message),
                        message.descriptors.first,
                        document: &document
                    )
                } catch {
                    answer = .refused(error)
                }
                try send(answer, over: channel)
            }
            return 0
        } catch ChannelError.closed {
            return 0
        } catch {
            let line = Array("docket picture-worker: \(error)\n".utf8)
            _ = try? FileDescriptor.standardError.writeAll(line)
            return misuse
        }
    }

    private static func answer(
        _ request: PictureRequest,
        _ descriptor: FileDescriptor?,
        document: inout PictureFile?
    ) throws(PictureRefusal) -> PictureAnswer {
        switch request {
        case .configure:
            throw .unsupported("a worker is configured once")
        case .open(let limits):
            guard let descriptor else { throw .unreadable(EBADF) }
            document = nil
            let file: PictureFile
            do {
                file = try PictureFile(reading: descriptor, limits: limits)
            } catch {
                throw PictureRefusal(error)
            }
            document = file
            let sizes = (0..<file.pageCount).compactMap { file.size(ofPage: $0) }
            return .opened(PageSizes(widths: sizes.map(\.width), heights: sizes.map(\.height)))
        case .decode(let page, let width, let height):
            guard let document, let descriptor else { throw .unreadable(EBADF) }
            return try decode(page, of: document, width: width, height: height, to: descriptor)
        case .probe(let path):
            return .probed(probe(path))
        }
    }

    private static func decode(
        _ page: Int,
        of document: PictureFile,
        width: Int,
        height: Int,
        to descriptor: FileDescriptor
    ) throws(PictureRefusal) -> PictureAnswer {
        guard width > 0, height > 0 else { throw .unsupported("no size") }
        do {
            let picture = try document.decode(page: page - 1, wideSamples: .highByte)
            func brought(to size: (width: Int, height: Int)) -> RGBPicture {
                BicubicResize.resized(
                    from: (picture.width, picture.height),
                    width: size.width,
                    height: size.height
                ) { picture.rgbBytes(rows: $0) }
            }
            // What is on a page may be gone when it has been brought to a few tokens.
            let isBlank = BlankPicture.isBlank(
                brought(to: lookedAt(width: picture.width, height: picture.height))
            )
            let resized = brought(to: (width, height))
            do {
                try descriptor.writeAll(resized.pixels)
            } catch {
                throw PictureError.inputOutput(error as? Errno ?? .ioError)
            }
            let isWholeFileShort = document.isCutShort && page == document.pageCount
            return .decoded(
                isBlank: isBlank,
                isCutShort: picture.isCutShort || isWholeFileShort,
                warnings: document.warnings + picture.warnings
            )
        } catch let error as PictureError {
            throw PictureRefusal(error)
        } catch {
            throw .corrupt("")
        }
    }

    /// The size at which a page is looked at for anything on it: its own unless that is larger than needed.
    private static func lookedAt(width: Int, height: Int) -> (width: Int, height: Int) {
        let scale = min(1, Double(BlankPicture.longestSide) / Double(max(width, height)))
        return (
            max(1, Int((Double(width) * scale).rounded())),
            max(1, Int((Double(height) * scale).rounded()))
        )
    }

    /// What the kernel says to opening and making a file and to a socket.
    private static func probe(_ path: String) -> [Int32] {
        [O_RDONLY, O_WRONLY | O_CREAT].map { flags in
            let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return errno }
            close(descriptor)
            return 0
        } + [
            {
                let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                guard descriptor >= 0 else { return errno }
                close(descriptor)
                return 0
            }()
        ]
    }

    // MARK: - Messages

    private static func request(in message: Message) throws(PictureRefusal) -> PictureRequest {
        do {
            return try JSONDecoder().decode(PictureRequest.self, from: Data(message.bytes))
        } catch {
            throw .unsupported("a request that is none")
        }
    }

    private static func send(_ answer: PictureAnswer, over channel: MessageChannel) throws {
        try channel.send([UInt8](try JSONEncoder().encode(answer)))
    }
}
