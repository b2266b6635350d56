package io.millrace.cluster;

import org.jspecify.annotations.Nullable;

/** Why the metadata log could not be opened, or did not accept a decision. The message is fit for an operator. */
public final class MetadataLogException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What the one who submitted a decision may assume about it. */
    public enum Fate {
        /** Never written: it has no effect. */
        REFUSED,
        /** Written but not known to be durable: a later start may find it committed. */
        UNKNOWN
    }

    private final Fate fate;

    public MetadataLogException(Fate fate, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.fate = fate;
    }

    public Fate fate() {
        return fate;
    }
}
