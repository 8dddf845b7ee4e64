import ArgumentParser

/// `docket cache`.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Look into the features of pictures that are kept on disk, and clear them out.",
        discussion: """
            What the model's vision tower has made of a picture is kept in $DOCKET_CACHE (else \
            $XDG_CACHE_HOME/docket, else ~/.cache/docket) and not computed again for the same picture, \
            or for a copy that is the same to the model. It takes 10GB, or $DOCKET_CACHE_LIMIT (0 for no \
            cache); what was not used for longest makes room. All of it may be removed at any time.
            """,
        subcommands: [CacheStatusCommand.self, CachePruneCommand.self]
    )
}
