package io.millrace.client.group;

import io.millrace.wire.ApiMessage;
import java.util.function.Consumer;

/** The other side of a membership, for one group. */
interface ModelCoordinator {

    /** Answers now, later, or, if it dies before, never. */
    void handle(ApiMessage request, Consumer<ApiMessage> answer, long nowMs);

    /** Time has passed. */
    void tick(long nowMs);

    /** Another broker takes over with what was written down. Answers that were held back never come. */
    void failOver(long nowMs);

    /** How often the group has changed. */
    int changes();
}
