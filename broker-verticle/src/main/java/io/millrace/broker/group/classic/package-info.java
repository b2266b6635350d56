/**
 * The members of classic groups: who belongs, who leads, which generation it is, who was assigned what. A state machine on
 * values: time is an argument, answers go to whoever asked, and what must survive is returned as records.
 *
 * <pre>
 *           a first member asks                all have asked, or the time is up
 *   Empty ----------------------> Preparing -----------------------------------> Completing
 *     ^                            ^     ^                                           |
 *     | nobody is left (record)    |     | somebody joins, leaves or changes         | the leader's assignment
 *     +--- from anywhere           |     +-------------------------------------------+      (record)
 *                                  |                                                 v
 *                                  +--------------------------------------------- Stable
 * </pre>
 */
@NullMarked
package io.millrace.broker.group.classic;

import org.jspecify.annotations.NullMarked;
