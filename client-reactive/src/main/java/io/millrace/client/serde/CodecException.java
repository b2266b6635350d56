package io.millrace.client.serde;

/** A value has no form as bytes, or bytes are no value of the codec. To try the same again cannot help. */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what was wrong, and what the codec takes */
    public CodecException(String message) {
        super(message);
    }

    /** @param message what was wrong, and what the codec takes */
    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
