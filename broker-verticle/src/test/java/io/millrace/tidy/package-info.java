/** The rules of style that a test can hold, over the sources of all modules. */
@NullMarked
package io.millrace.tidy;

import org.jspecify.annotations.NullMarked;
