package io.millrace.broker.handler;

import io.millrace.cluster.election.ConfigEdit;
import java.util.List;

/**
 * A client's wish to change the settings of one resource.
 *
 * @param typeId the kind of resource, not yet checked
 * @param name its name, not yet checked
 * @param flaw what is wrong with the wish itself, whatever the resource; or {@link ApiError#NONE}
 * @param edit computes the new settings; only called without a flaw
 */
record ConfigAlteration(byte typeId, String name, ApiError flaw, ConfigEdit edit) {
    static final ApiError REPEATED_KEYS = ApiError.invalidRequest("Error due to duplicate config keys");

    static ApiError withoutValue(List<String> keys) {
        return ApiError.invalidRequest("Null value not supported for : " + String.join(", ", keys));
    }
}
