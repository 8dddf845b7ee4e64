import Foundation
import Glibc
import Qwen
import Sandbox
import SystemPackage
import Tensors

/// What `docket model quantize` says at the end.
struct PackingReport {
    private let result: PackingResult
    private let packing: ModelPacking
    private let time: Duration
    private let peakBytes: Int?

    init(_ result: PackingResult, _ packing: ModelPacking, time: Duration) {
        self.result = result
        self.packing = packing
        self.time = time
        peakBytes = PeakMemory.read(of: getpid())
    }

    // MARK: For people

    var lines: [String] {
        let memory = peakBytes.map { ", \(ByteCount($0)) of memory at most" } ?? ""
        let head =
            "\(result.path): \(ByteCount(result.byteCount)) from \(ByteCount(packing.sourceBytes)) "
            + "in \(String(format: "%.1f", time.seconds)) s\(memory)"
        return [head] + Self.forms(result.contents).map { "  " + $0 }
    }

    /// A line for each form that weights have.
    static func forms(_ contents: PackedContents) -> [String] {
        contents.forms.map { form in
            let size = "\(ByteCount(form.byteCount))"
            let line =
                pad(form.form, 6)
                + String(repeating: " ", count: max(0, 5 - "\(form.tensorCount)".count))
                + "\(form.tensorCount) "
                + (form.tensorCount == 1 ? "weight   " : "weights  ")
                + String(repeating: " ", count: max(0, 8 - size.count)) + size
            guard let worst = form.worst else { return line }
            return line
                + "  error \(percent(form.meanError)), at most \(percent(worst.error)) (\(Fault.shown(worst.tensor)))"
        }
    }

    private static func percent(_ share: Double) -> String {
        String(format: "%.2f%%", share * 100)
    }

    // MARK: For programs

    var json: JSONValue {
        .object([
            "path": .text(result.path.string), "name": .text(packing.name),
            "source": .text(packing.sourceName), "precision": .text(packing.precision.rawValue),
            "bytes": .number(result.byteCount), "source_bytes": .number(packing.sourceBytes),
            "seconds": .fraction(time.seconds),
            "peak_bytes": peakBytes.map { .number($0) } ?? .null,
            "forms": Self.json(result.contents),
        ])
    }

    /// The forms that weights have.
    static func json(_ contents: PackedContents) -> JSONValue {
        .list(
            contents.forms.map { form in
                .object([
                    "form": .text(form.form), "tensors": .number(form.tensorCount),
                    "bytes": .number(form.byteCount), "mean_error": .fraction(form.meanError),
                    "largest_error": form.worst.map { .fraction($0.error) } ?? .null,
                    "largest_error_tensor": form.worst.map { .text($0.tensor) } ?? .null,
                ])
            }
        )
    }
}
