package io.millrace.perf.result;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why a system is in a run. */
public enum Role {
    /** The one that is judged. */
    @JsonProperty("subject")
    SUBJECT,
    /** The one that it is compared with. */
    @JsonProperty("peer")
    PEER,
    /** The peer, or without one the subject, a second time: how far two equal systems differ on this machine today. */
    @JsonProperty("twin")
    TWIN,
    /** The null broker, which stores nothing: what clients and loopback allow. */
    @JsonProperty("ceiling")
    CEILING
}
