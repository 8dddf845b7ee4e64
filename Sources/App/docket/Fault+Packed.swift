import Foundation
import Qwen
import SystemPackage
import Tensors

extension Fault {
    /// The words for a model whose files cannot be used.
    init(opening fault: ModelFault, model: String) {
        switch fault {
        case .model(let fault): self.init(qwen: fault, file: model)
        case .tokenizer(let fault): self.init(tokenizer: fault)
        case .pictureSettings(let fault, let file): self = .preprocessing(fault, file: file)
        }
    }

    /// The words for a model that cannot be packed.
    init(packing fault: PackingFault) {
        switch fault {
        case .packedAlready(let file):
            self.init(
                .usage,
                "\(file): packed already, and packing it again would only lose more; name the model that it was made of"
            )
        case .model(let fault): self.init(qwen: fault, file: "the model")
        case .notFinite(let source, let tensor):
            self.init(
                .noInput,
                "\(source): tensor \(Self.shown(tensor)) holds infinities or what is no number; pull the model again"
            )
        case .tooLarge(let source, let tensor):
            self.init(
                .noInput,
                "\(source): tensor \(Self.shown(tensor)) holds numbers above 3.38e38, which no form that it could be "
                    + "packed to holds: damaged weights; pull the model again"
            )
        case .output(let fault): self.init(write: fault)
        case .memory(let fault):
            self.init(.someFailed, "no memory left for \(ByteCount(fault.byteCount))")
        case .cancelled: self.init(.interrupted, "interrupted; nothing was written")
        }
    }

    /// The words for a file that cannot be written.
    init(write fault: WriteFault) {
        let words =
            switch fault {
            case .exists(let path): "\(path): is there already; --force replaces it"
            case .notAFile(let path):
                "\(path): no file can be written there; give --output a file's name"
            case .noFolder(let path): "\(path): its folder does not exist; make it first"
            case .notEnoughRoom(let path, let needed, let free):
                "\(path): needs \(ByteCount(needed)), and \(ByteCount(free)) are free; make room, or choose another "
                    + "disk with --output"
            case .unwritableContents(let path, let count?):
                "\(path): its table of contents would have \(ByteCount(count)), and \(ByteCount(PackedLayout.longestContents)) "
                    + "are read: the model has more weights than any; nothing was written"
            case .unwritableContents(let path, nil):
                "\(path): an error of a weight is no number; nothing was written: please report this"
            case .failed(let path, .noSpace), .failed(let path, .diskQuotaExceeded),
                .failed(let path, .fileTooLarge):
                "\(path): no room left on the disk; nothing was written, and an earlier file is as it was"
            case .failed(let path, .permissionDenied), .failed(let path, .notPermitted):
                "\(path): you may not write here; choose another --output"
            case .failed(let path, .readOnlyFileSystem):
                "\(path): the file system can only be read; choose another --output"
            case .failed(let path, let errno): "\(path): cannot be written (\(errno))"
            }
        self.init(.cannotCreate, words)
    }

    /// The words for a packed file that is not what it should be.
    static func packed(_ fault: WeightFault) -> String {
        switch fault {
        case .notPacked(let file):
            "\(file): not a packed model; `docket model quantize MODEL --to \(form(namedIn: file).rawValue)` makes one"
        case .bigEndianPacked(let file):
            "\(file): written for big-endian machines; \(remake(file))"
        case .otherPackedLayout(let file, let found, let supported):
            "\(file): packed in layout \(found), and this version of Docket reads \(supported); \(remake(file))"
        case .damagedPacked(let file, .prefix):
            "\(file): damaged in its first bytes; \(remake(file))"
        case .damagedPacked(let file, .contents):
            "\(file): its table of contents is damaged; \(remake(file))"
        case .damagedPacked(let file, .section(let name)):
            "\(file): \(shown(name)) in it is damaged; \(remake(file))"
        default: "\(fault)"
        }
    }

    /// The packed file that a file is, or is in; nil for files of other kinds.
    static func packedFile(_ file: FilePath) -> FilePath? {
        // Small files are called after the packed file that they are in, as if it were a folder.
        [file, file.removingLastComponent()].first { path in
            path.string.hasSuffix(PackedLayout.suffix) && !isFolder(path)
        }
    }

    private static func isFolder(_ path: FilePath) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path.string)
        return attributes?[.type] as? FileAttributeType == .typeDirectory
    }

    /// The command that makes a packed file anew, with what it was made of where the file still says so; else its name is asked.
    static func remake(_ file: FilePath) -> String {
        let origin = PackedOrigin(of: file)
        var model = "MODEL"
        if let name = origin?.source, !name.isEmpty {
            let beside = file.removingLastComponent().appending(name)
            model =
                !name.contains("/") && FileManager.default.fileExists(atPath: beside.string)
                ? beside.string : shown(name)
        }
        let precision = origin?.precision ?? form(namedIn: file)
        return "make it again: docket model quantize \(quoted(model)) --to \(precision.rawValue) "
            + "--output \(quoted(file.string)) --force"
    }

    /// The form that a packed file's name tells.
    private static func form(namedIn file: FilePath) -> PackedForm {
        PackedForm.allCases.first {
            file.string.hasSuffix(".\($0.rawValue)\(PackedLayout.suffix)")
        } ?? .int8
    }

    /// A word of a command as a shell takes it, and as no option.
    private static func quoted(_ word: String) -> String {
        let word = word.hasPrefix("-") ? "./" + word : word
        let isPlain = word.utf8.allSatisfy {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0)
                || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        }
        guard !isPlain else { return word }
        return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
