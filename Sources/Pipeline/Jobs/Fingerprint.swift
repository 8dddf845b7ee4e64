import Crypto
import Foundation
public import PipelineSpec
public import Records
import Scanning

/// Hash of all that determines a job's result: document, step settings, inputs, engine and model version.
///
/// Two jobs of equal fingerprint have equal results, so the second need not be done.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits.
    public let description: String

    /// Hashes parts in order; no two different lists of parts hash alike.
    ///
    /// - Parameter parts: each is hashed with its length before it.
    public init(of parts: [String]) {
        var hash = SHA256()
        for part in parts {
            let bytes = Array(part.utf8)
            hash.update(data: Array("\(bytes.count):".utf8))
            hash.update(data: bytes)
        }
        description = hash.finalize().hexadecimal
    }

    /// The fingerprint of one job.
    ///
    /// - Parameters:
    ///   - step: its settings.
    ///   - record: the record's fields; only those that the step fills count.
    ///   - document: SHA-256 of the document.
    ///   - inputs: digests of the results that the step builds on.
    ///   - engineVersion: name and version of the engine and its models.
    /// - Returns: the fingerprint.
    public static func job(
        step: Step,
        record: [FieldDefinition],
        document: String,
        inputs: [String],
        engineVersion: String
    ) -> Fingerprint {
        Fingerprint(
            of: ["job", settings(of: step, record: record), document, engineVersion] + inputs
        )
    }

    /// The fingerprint of a whole pipeline's work on any document, engines left out.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline.
    ///   - limits: given for documents that a limit stopped, so that they wait for it to change.
    /// - Returns: the fingerprint.
    public static func plan(_ pipeline: Pipeline, limits: Limits? = nil) -> Fingerprint {
        var parts = ["plan"]
        parts += pipeline.steps.map { settings(of: $0, record: pipeline.record) }
        parts.append(json(pipeline.record))
        if let confidence = pipeline.reviewBelow { parts.append("review below \(confidence)") }
        if let limits { parts.append(json(limits)) }
        return Fingerprint(of: parts)
    }

    /// The fingerprint of text that was read: of the words, their places and how sure they are.
    ///
    /// - Parameter pages: the pages.
    /// - Returns: the fingerprint.
    public static func text(_ pages: [PageText]) -> Fingerprint {
        var parts = ["text"]
        for page in pages {
            parts.append("\(page.number) \(page.width) \(page.height) \(page.source.rawValue)")
            for word in page.words {
                let box = word.box
                parts.append(word.text)
                parts.append(
                    "\(box.x) \(box.y) \(box.width) \(box.height) \(word.confidence) \(word.block) \(word.line)"
                )
            }
            for symbol in page.symbols {
                let box = symbol.box
                parts.append(symbol.format.rawValue)
                parts.append(symbol.text)
                parts.append(
                    "\(box.x) \(box.y) \(box.width) \(box.height) \(symbol.confidence) \(symbol.isGS1)"
                )
            }
        }
        return Fingerprint(of: parts)
    }

    /// The fingerprint of what stands in a record: of the contents and how sure they are.
    ///
    /// - Parameter candidates: what stands, in an order that is always the same.
    /// - Returns: the fingerprint; equal contents hash alike in every process, rows of a list too.
    public static func values(_ candidates: [Candidate]) -> Fingerprint {
        Fingerprint(
            of: ["values"]
                + candidates.flatMap { [$0.field, json($0.content), "\($0.confidence)"] }
        )
    }

    private static func settings(of step: Step, record: [FieldDefinition]) -> String {
        let fields: Set<String> =
            switch step {
            case .read: []
            case .find(let step): Set(step.fields)
            case .ask(let step): Set(step.fills)
            case .classify(let step): [step.field]
            case .summarize(let step): [step.field]
            case .check: []
            }
        return json(step) + json(record.filter { fields.contains($0.name) })
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            // Settings hold strings and finite numbers only, which JSON can always write.
            preconditionFailure("settings that cannot be written as JSON: \(error)")
        }
    }
}
