import Qwen
import SystemPackage
import VisionLanguage

extension Fault {
    /// The words for a question that cannot be put to a model.
    init(ask fault: AskFault, model: String) {
        switch fault {
        case .model(let fault): self.init(qwen: fault, file: model)
        case .tokenizer(let fault): self.init(tokenizer: fault)
        case .pictureSettings(let fault, let file): self = .preprocessing(fault, file: file)
        case .template(let fault): self.init(template: fault, model: model)
        case .generation(let fault): self.init(generation: fault)
        case .seesNothing: self = .blind(model: model)
        }
    }

    /// The words for a picture or video that cannot be read.
    init(picture fault: PictureFault, file: String) {
        let words =
            switch fault {
            case .unreadable(.noSuchFileOrDirectory): "no such file"
            case .unreadable(.isDirectory): "a folder; name the pictures in it"
            case .unreadable(let errno): "cannot be read (\(errno))"
            case .empty: "the file has no bytes"
            case .unsupported(PictureFault.noVideo):
                "not a video of any kind that is read"
            case .unsupported(let detail):
                "not a picture or PDF of any kind that is read\(Self.aside(detail)); --text shows a text"
            case .corrupt(let detail): "damaged beyond reading\(Self.aside(detail))"
            case .encrypted: "asks for a password; save a copy without one"
            case .tooManyBytes(let limit): "more than \(limit) bytes"
            case .tooManyPixels(let width, let height, let limit):
                "\(width) × \(height) pixels, the limit is \(limit) in all; make it smaller"
            case .tooManyPages(let count, let limit):
                "\(count) pages, and at most \(limit) can be shown at once; choose with --pages 1-\(limit)"
            case .noSuchPage(let page, let count): "no page \(page), it has \(count)"
            case .tooNarrow(let width, let height, let limit):
                "\(width) × \(height) pixels; one side may be at most \(limit) times as long as the other; cut "
                    + "it into parts"
            case .noFrames: "no frame in it"
            case .tooManyFrames(let count, let limit): "\(count) frames, the limit is \(limit)"
            case .tooLong(let seconds, let limit):
                "lasts \(seconds) seconds, the limit is \(limit); cut it into parts"
            case .unequalFrames(let frame): "frame \(frame) has another size than the first"
            case .timeout(let seconds): "decoding took longer than \(seconds) seconds"
            case .crashed(let detail): "what decodes it crashed\(Self.aside(detail))"
            case .outOfMemory: "decoding wanted more memory than its limit"
            case .missingProgram(let program, let package):
                "needs the program \(program), which is not installed: apt-get install \(package)"
            case .cancelled: "interrupted"
            }
        self.init(fault == .cancelled ? .interrupted : .someFailed, "\(file): \(words)")
    }

    private static func aside(_ detail: String) -> String {
        detail.isEmpty ? "" : " (\(detail))"
    }
}
