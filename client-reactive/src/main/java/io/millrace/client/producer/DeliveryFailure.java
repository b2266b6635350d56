package io.millrace.client.producer;

import io.millrace.wire.ErrorCode;

/**
 * Why a record was not confirmed.
 *
 * @param error the broker's last word; {@link ErrorCode#NONE} if it said nothing
 * @param message what was wrong and what can be done, in a sentence
 */
public record DeliveryFailure(Kind kind, ErrorCode error, String message) {

    /** What the application may conclude. */
    public enum Kind {
        /** Time was up. The record is certainly not in the log: it may be sent again. */
        NOT_WRITTEN,
        /** The record may or may not be in the log. To send it again may write it twice. */
        UNKNOWN,
        /** The record is not in the log and will not be: the same again would be refused again. */
        REFUSED,
        /** The producer was closed first. The record is certainly not in the log. */
        CLOSED
    }
}
