package io.millrace.wire;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no valid message, or a message that a version cannot carry. The text names the field and the limit and
 * is safe to log. It has no stack trace: hostile input must stay cheap to refuse.
 */
public final class WireException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message, null, false, false);
    }

    /** The version is none of those that the schema knows. */
    public static WireException unknownVersion(String message, short version) {
        return new WireException(message + " has no version " + version);
    }

    /** A field holds a value that matters, but the version that is being written has no place for it. */
    public static WireException notInVersion(String field, short version) {
        return new WireException(field + " is set, and version " + version + " cannot carry it");
    }

    static WireException isNull(String field) {
        return new WireException(field + " must not be null in this version");
    }

    static WireException overLimit(String field, long size, String unit, long limit) {
        return new WireException(field + " has " + size + " " + unit + ", the limit is " + limit);
    }

    static WireException pastEnd(@Nullable String field, long wanted, int left, int position) {
        return new WireException((field == null ? "a value" : field) + " at byte " + position + " needs at least "
                + wanted + " bytes, " + left + " are left");
    }
}
