internal import FoundationEssentials

/// What the processor is called.
public enum ProcessorName {
    /// Its makers' name, where the system tells it, such as "AMD EPYC 9354P 32-Core Processor".
    public static let here: String? = {
        guard let data = try? Data(contentsOf: URL(filePath: "/proc/cpuinfo")) else { return nil }
        return name(in: String(decoding: data, as: UTF8.self))
    }()

    /// The name in what Linux says of its processors: `model name` on x86; `Hardware` on some boards with others.
    static func name(in text: String) -> String? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let key = parts[0].filter { $0 != "\t" }
            let value = parts[1].split(separator: " ").joined(separator: " ")
            if !value.isEmpty, key == "model name" || key == "Hardware" { return value }
        }
        return nil
    }
}
