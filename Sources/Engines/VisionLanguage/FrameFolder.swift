internal import Glibc
internal import SystemPackage

/// A folder whose files are the frames of a video.
enum FrameFolder {
    /// The files of a folder, numbers in their names in the order of numbers.
    ///
    /// - Parameter path: A folder, or anything else.
    /// - Returns: The files that are not hidden; nil where it is no folder.
    /// - Throws: ``PictureFault/unreadable(_:)``, ``PictureFault/noFrames`` or
    ///   ``PictureFault/tooManyFrames(_:limit:)``.
    static func files(in path: FilePath) throws(PictureFault) -> [FilePath]? {
        guard let folder = unsafe opendir(path.string) else {
            guard errno == ENOTDIR else { throw .unreadable(Errno(rawValue: errno)) }
            return nil
        }
        defer { unsafe closedir(folder) }
        var names: [FilePath.Component] = []
        while let entry = unsafe readdir(folder) {
            let component = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe bytes.baseAddress.flatMap {
                    unsafe FilePath.Component(
                        platformString: $0.assumingMemoryBound(to: CInterop.PlatformChar.self)
                    )
                }
            }
            guard let component, !component.string.hasPrefix(".") else { continue }
            names.append(component)
            guard names.count <= mostNames else {
                throw .tooManyFrames(names.count, limit: mostNames)
            }
        }
        guard !names.isEmpty else { throw .noFrames }
        let keys = names.map { (name: $0, key: SortKey($0.string)) }
        return keys.sorted { $0.key < $1.key }.map { path.appending($0.name) }
    }

    /// Names that are sorted at most; more than a video may have frames.
    private static let mostNames = 10_000

    /// A name cut into digits and all else, so that `frame2` comes before `frame10`.
    private struct SortKey: Comparable {
        private enum Piece: Equatable {
            case digits(String)
            case text(String)
        }

        private let pieces: [Piece]

        init(_ name: String) {
            var pieces: [Piece] = []
            var run = ""
            var isNumber = false
            func piece() -> Piece { isNumber ? .digits(run) : .text(run) }
            for character in name {
                let isDigit = character.isASCII && character.isNumber
                if isDigit != isNumber, !run.isEmpty {
                    pieces.append(piece())
                    run = ""
                }
                isNumber = isDigit
                run.append(character)
            }
            if !run.isEmpty { pieces.append(piece()) }
            self.pieces = pieces
        }

        static func < (a: SortKey, b: SortKey) -> Bool {
            for (one, other) in zip(a.pieces, b.pieces) where one != other {
                switch (one, other) {
                case (.digits(let one), .digits(let other)):
                    let (short, long) = (one.drop { $0 == "0" }, other.drop { $0 == "0" })
                    if short.count != long.count { return short.count < long.count }
                    return short == long ? one.count < other.count : short < long
                case (.text(let one), .text(let other)): return one < other
                case (.digits, .text): return true
                case (.text, .digits): return false
                }
            }
            return a.pieces.count < b.pieces.count
        }
    }
}
