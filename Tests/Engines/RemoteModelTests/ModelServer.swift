import Answering
import FaultyHub
import Foundation
import Grammar
import Synchronization
import SystemPackage
import Testing

@testable import RemoteModel

/// A server of models that goes wrong as it is told, and a model that asks it without waiting in between.
final class ModelServer: Sendable {
    /// A question as the server was asked it.
    struct Asked: Sendable {
        let json: JSONTree
        let headers: [String: String]

        var messages: [JSONTree] { json["messages"]?.list ?? [] }
        /// The text of the last message, without pictures.
        var question: String {
            let content = messages.last?["content"]
            return content?.text
                ?? (content?.list ?? []).compactMap { $0["text"]?.text }.joined(separator: "\n")
        }
        var format: String? { json["response_format"]?["type"]?.text }
    }

    let hub: FaultyHub
    /// Pauses that were made, where none takes time.
    private let pauses = Mutex<[Duration]>([])
    /// What the clock has been put forward.
    private let elapsed = Mutex(Duration.zero)

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - models: What it lists.
    ///   - answer: The answer to a question, by its number from 0.
    /// - Throws: When it cannot listen.
    init(
        models: String = #"{"object":"list","data":[{"id":"tiny","owned_by":"vllm"}]}"#,
        answer: @escaping @Sendable (Int, Asked) -> FaultyHub.Reply
    ) throws {
        let count = Mutex(0)
        hub = try FaultyHub { request in
            guard request.method == "POST" else {
                return .init(body: Array(models.utf8))
            }
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            let json = JSONReader.strict(request.body) ?? .null
            return answer(number, Asked(json: json, headers: request.headers))
        }
    }

    deinit { hub.stop() }

    var asked: [Asked] {
        hub.requests.filter { $0.method == "POST" }.map {
            Asked(json: JSONReader.strict($0.body) ?? .null, headers: $0.headers)
        }
    }

    var waited: [Duration] { pauses.withLock { $0 } }

    /// Puts the clock forward.
    func pass(_ duration: Duration) { elapsed.withLock { $0 += duration } }

    /// A model of this server; pauses between attempts take no time.
    func model(
        _ change: (inout RemoteOptions) -> Void = { _ in },
        key: String? = nil,
        name: String? = nil,
        executable: String = "/proc/self/exe"
    ) async throws -> RemoteModel {
        var options = RemoteOptions()
        options.connectTimeout = .seconds(5)
        options.stallTimeout = .seconds(20)
        change(&options)
        let start = ContinuousClock.now
        let text = hub.address + "/v1" + (name.map { "#\($0)" } ?? "")
        return try await RemoteModel.connect(
            to: try #require(try RemoteAddress(parsing: text)),
            key: try key.map { try RemoteKey($0, origin: "a test") },
            options: options,
            executable: FilePath(executable),
            environment: [:],
            time: RemoteTime(
                now: { start + self.elapsed.withLock { $0 } },
                date: { Date(timeIntervalSince1970: 784_111_777) },
                sleep: { pause in
                    try Task.checkCancellation()
                    self.pauses.withLock { $0.append(pause) }
                },
                jitter: { 1 }
            )
        )
    }

    // MARK: Answers

    /// An answer in one piece.
    static func whole(
        _ content: String?,
        finish: String = "stop",
        logprobs: JSONTree? = nil
    ) -> FaultyHub.Reply {
        .init(
            headers: ["Content-Type": "application/json"],
            body: JSONTree.object([
                "choices": .list([
                    .object([
                        "message": .object([
                            "role": .text("assistant"),
                            "content": content.map { .text($0) } ?? .null,
                        ]),
                        "logprobs": logprobs,
                        "finish_reason": .text(finish),
                    ])
                ]),
                "usage": .object([
                    "prompt_tokens": .number("30"), "completion_tokens": .number("7"),
                    "prompt_tokens_details": .object(["cached_tokens": .number("20")]),
                ]),
            ]).bytes
        )
    }

    /// An answer in pieces of a few characters.
    static func pieces(_ content: String, finish: String? = "stop") -> FaultyHub.Reply {
        var events: [JSONTree] = stride(from: 0, to: content.count, by: 5).map { start in
            let piece = content.dropFirst(start).prefix(5)
            return .object([
                "choices": .list([.object(["delta": .object(["content": .text(String(piece))])])])
            ])
        }
        if let finish {
            events.append(
                .object([
                    "choices": .list([
                        .object(["delta": .object([:]), "finish_reason": .text(finish)])
                    ])
                ])
            )
            events.append(
                .object([
                    "choices": .list([]),
                    "usage": .object([
                        "prompt_tokens": .number("30"), "completion_tokens": .number("7"),
                    ]),
                ])
            )
        }
        var body = ": ping\r\n\r\n"
        for event in events {
            body += "data: \(String(decoding: event.bytes, as: UTF8.self))\r\n\r\n"
        }
        if finish != nil { body += "data: [DONE]\r\n\r\n" }
        return .init(headers: ["Content-Type": "text/event-stream"], body: Array(body.utf8))
    }

    /// A refusal in the usual form.
    static func refusal(
        _ status: Int,
        _ message: String,
        headers: [String: String] = [:]
    ) -> FaultyHub.Reply {
        .init(
            status: status,
            headers: headers,
            body: JSONTree.object([
                "error": .object(["message": .text(message), "type": .text("invalid")])
            ]).bytes
        )
    }

    // MARK: Questions

    static let receipt = AnswerSchema.object([
        .init("merchant", .nullable(.text(atMost: 20))),
        .init("date", .nullable(.date)),
        .init("total", .nullable(.number(digits: 9, decimals: 3))),
        .init("category", .nullable(.choice(["food", "travel"]))),
        .init(
            "items",
            .nullable(
                .list(
                    of: .object([
                        .init("name", .text(atMost: 10)),
                        .init("price", .number(digits: 5, decimals: 2)),
                    ]),
                    atMost: 3
                )
            )
        ),
    ])

    /// What a server that holds a model to the schema answers.
    static let good =
        #"{"merchant": "Bäckerei", "date": "2024-03-05", "total": 12.5, "category": "food", "items": [{"name": "Brot", "price": 4.20}]}"#

    static func question(
        _ shape: AnswerShape = .fields(receipt, maxTokens: 200),
        texts: [String] = ["Bäckerei 12,50"]
    ) -> ModelQuestion {
        ModelQuestion(
            instruction: "Read.",
            texts: texts,
            question: "What is it?",
            shape: shape,
            document: "00"
        )
    }
}
