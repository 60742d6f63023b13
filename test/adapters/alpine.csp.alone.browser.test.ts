import Alpine from '@alpinejs/csp'
import { behavesOn } from './support/alpine-behaviours'

behavesOn(Alpine)
