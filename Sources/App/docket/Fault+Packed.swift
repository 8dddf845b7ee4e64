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
            "\(file): not a packed model; `docket model quantize MODEL --to int8` makes one"
        case .bigEndianPacked(let file):
            "\(file): written for big-endian machines; \(again(file, nil))"
        case .otherPackedLayout(let file, let found, let supported, let origin):
            "\(file): packed in layout \(found), and this version of Docket reads \(supported); \(again(file, origin))"
        case .damagedPacked(let file, .prefix):
            "\(file): damaged in its first bytes; \(again(file, nil))"
        case .damagedPacked(let file, .contents):
            "\(file): its table of contents is damaged; \(again(file, nil))"
        case .damagedPacked(let file, .section(let name)):
            "\(file): \(shown(name)) in it is damaged; \(again(file, nil))"
        default: "\(fault)"
        }
    }

    /// The command that makes a packed file anew.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - origin: What it was made of, where it still says so; else its name is asked.
    /// - Returns: The words.
    static func again(_ file: FilePath, _ origin: PackedOrigin?) -> String {
        let form =
            origin?.precision
            ?? PackedForm.allCases.first { file.string.hasSuffix(".\($0.rawValue).docket") }
            ?? .int8
        var model = "MODEL"
        if let name = origin?.source.name {
            let beside = file.removingLastComponent().appending(name)
            model =
                !name.contains("/") && FileManager.default.fileExists(atPath: beside.string)
                ? beside.string : shown(name)
        }
        return "make it again: docket model quantize \(quoted(model)) --to \(form.rawValue) "
            + "--output \(quoted(file.string)) --force"
    }

    /// A word of a command as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0)
                || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        }
        guard !isPlain else { return word }
        return "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
}
