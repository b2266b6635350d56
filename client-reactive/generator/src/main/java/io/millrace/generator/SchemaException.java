package io.millrace.generator;

/** A schema that this generator does not understand; fails the build. */
final class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SchemaException(String message) {
        super(message);
    }
}
