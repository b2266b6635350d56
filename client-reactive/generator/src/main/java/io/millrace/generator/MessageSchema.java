package io.millrace.generator;

import java.util.List;

/**
 * A message as its schema describes it.
 *
 * @param kind where it is used
 * @param apiKey number of the API, or of the type of a coordinator's record; -1 if it belongs to none
 * @param latestVersionUnstable whether the highest version is not for production yet
 * @param root its fields
 * @param structs the structures that are nested in it, in the order of the schema
 */
record MessageSchema(
        String name,
        Kind kind,
        int apiKey,
        Versions validVersions,
        Versions flexibleVersions,
        boolean latestVersionUnstable,
        StructSchema root,
        List<StructSchema> structs) {

    /** The schema's {@code type}. */
    enum Kind {
        REQUEST,
        RESPONSE,
        HEADER,
        DATA,
        COORDINATOR_KEY,
        COORDINATOR_VALUE
    }

    /** Whether it is one of the two messages of an API. */
    boolean hasApiKey() {
        return kind == Kind.REQUEST || kind == Kind.RESPONSE;
    }

    /** Whether these are the message's own fields. Names of structures are unique within a message. */
    boolean isRoot(StructSchema struct) {
        return struct.name().equals(root.name());
    }

    /** The name without "Request" or "Response". */
    String apiName() {
        return switch (kind) {
            case REQUEST -> name.substring(0, name.length() - "Request".length());
            case RESPONSE -> name.substring(0, name.length() - "Response".length());
            case HEADER, DATA, COORDINATOR_KEY, COORDINATOR_VALUE ->
                throw new SchemaException(name + " belongs to no API");
        };
    }

    StructSchema struct(String structName) {
        return structs.stream()
                .filter(struct -> struct.name().equals(structName))
                .findFirst()
                .orElseThrow(() -> new SchemaException(name + " has no structure " + structName));
    }
}
