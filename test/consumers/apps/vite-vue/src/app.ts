// What Laravel's starter kits have: an Echo on `window`, before the rest.
import './echo'
import './show-total'
import './main'
